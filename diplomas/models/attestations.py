"""Attestations, and requests for those of old sessions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from candidates.models import Academy, IdentityRequest
from candidates.models.requests import proof_path
from candidates.postal.address import Address
from candidates.references import REFERENCE_LENGTH
from results.models import PublishedResult


class AttestationQuerySet(models.QuerySet):
    def light(self):
        """Load the columns that visitors may read, without the file, and `revoked_at`."""
        return self.defer("pdf", "issued_by").annotate(revoked_at=F("revocation__at"))


class Attestation(models.Model):
    """An attestation as it was issued: its content and its sealed file.

    It is of a published result, one for each, or of the office's register. `document` holds every
    printed field (`attestation_document`). Triggers forbid updates, and a kind that the verdict of
    the result gives no right to.
    """

    class Kind(models.TextChoices):
        """The kind: of the diploma, or of the units of whoever has not the diploma."""

        SUCCESS = "SUCCESS", _("réussite")
        BLOCKS = "BLOCKS", _("blocs de compétences")

    kind = models.CharField(
        _("nature"), max_length=7, choices=Kind, default=Kind.SUCCESS, db_default=Kind.SUCCESS
    )
    reference = models.CharField(_("référence"), max_length=REFERENCE_LENGTH, unique=True)
    verification_code = models.UUIDField(_("code de vérification"), unique=True, editable=False)
    published_result = models.OneToOneField(
        PublishedResult,
        models.CASCADE,
        null=True,
        related_name="attestation",
        db_constraint=False,
        verbose_name=_("résultat publié"),
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("établie par"),
    )
    issued_at = models.DateTimeField(_("établie le"), db_default=Now())
    document = models.JSONField(_("document"))
    pdf = models.BinaryField()

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_result__isnull=False, issued_by__isnull=True)
                | Q(published_result__isnull=True, issued_by__isnull=False),
                name="attestation_rests_on_a_result_or_on_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind="SUCCESS") | Q(kind="BLOCKS", published_result__isnull=False),
                name="attestation_of_blocks_rests_on_a_result",
            ),
            models.CheckConstraint(
                condition=Q(kind=Coalesce(KT("document__kind"), Value("SUCCESS"))),
                name="attestation_has_the_kind_that_it_prints",
            ),
        ]

    def __str__(self):
        return self.reference


class AttestationRequestQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(state=AttestationRequest.State.SUBMITTED)


class AttestationRequest(models.Model):
    """A request for the attestation of a session that is not in the portal.

    The office answers once, from its register: an attestation or a refusal. The fields are as they
    were typed; those of the register are on the attestation, which has the same reference. The row
    and its proof are deleted a month after the decision.
    """

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("à examiner")
        ACCEPTED = "ACCEPTED", _("acceptée")
        REFUSED = "REFUSED", _("refusée")

    reference = models.CharField(_("référence"), max_length=REFERENCE_LENGTH, unique=True)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(_("langue"), max_length=10)
    birth_name = models.CharField(_("nom de naissance"), max_length=80)
    usage_name = models.CharField(_("nom d’usage"), max_length=80, blank=True)
    given_names = models.CharField(_("prénoms"), max_length=120)
    birth_date = models.DateField(_("date de naissance"))
    birth_place = models.CharField(_("lieu de naissance"), max_length=80)
    exam = models.CharField(_("examen"), max_length=20)
    speciality = models.CharField(_("spécialité"), max_length=150, blank=True)
    year = models.PositiveSmallIntegerField(_("année"))
    academy = models.ForeignKey(
        Academy, models.PROTECT, related_name="+", verbose_name=_("académie")
    )
    school = models.CharField(_("établissement"), max_length=150, blank=True)
    address1 = models.CharField(_("adresse, ligne 1"), max_length=38, blank=True)
    address2 = models.CharField(_("adresse, ligne 2"), max_length=38, blank=True)
    address3 = models.CharField(_("adresse, ligne 3"), max_length=38, blank=True)
    postcode = models.CharField(_("code postal"), max_length=12, blank=True)
    city = models.CharField(_("ville"), max_length=60)
    country = models.CharField(_("pays"), max_length=38)
    email = models.EmailField(_("courriel"), blank=True)
    proof = models.FileField(_("pièce"), upload_to=proof_path, max_length=100)
    proof_type = models.CharField(
        _("type de la pièce"), max_length=20, choices=IdentityRequest.ProofType
    )
    proof_size = models.PositiveIntegerField(_("taille de la pièce, en octets"))
    submitted_at = models.DateTimeField(_("reçue le"), db_default=Now())
    promised_on = models.DateField(_("réponse promise le"))
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.SUBMITTED)
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    reason = models.TextField(_("motif du refus"), blank=True)
    attestation = models.OneToOneField(
        Attestation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="request",
        verbose_name=_("attestation de réussite"),
    )

    objects = AttestationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’attestation")
        verbose_name_plural = _("demandes d’attestation")
        ordering = ["submitted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state="SUBMITTED",
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    attestation__isnull=True,
                )
                | Q(
                    state="ACCEPTED",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    attestation__isnull=False,
                )
                | (
                    Q(
                        state="REFUSED",
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                        attestation__isnull=True,
                    )
                    & ~Q(reason="")
                ),
                name="attestation_request_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1950, year__lte=2100),
                name="attestation_request_year_is_plausible",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def address(self):
        return Address.of(self)
