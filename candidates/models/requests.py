"""Requests that candidates make online."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.postal.address import Address
from candidates.references import REFERENCE_LENGTH

_ENTRY = "candidates.Entry"


class TransitionError(Exception):
    """The state of a row does not allow this transition."""


class TooManyRequests(Exception):
    """The sender has reached the number of requests that one day allows."""


class AddressChange(models.Model):
    """A change of address: made online by the candidate, or by the office (`by`) for a `reason`.

    `old` and `new` are `postal.address.Address` as dictionaries; `mailings` is what the candidate
    was shown, a list of `mailings.snapshot`. A trigger forbids updates.
    """

    entry = models.ForeignKey(
        _ENTRY, models.PROTECT, related_name="address_changes", verbose_name=_("inscription")
    )
    reference = models.CharField(_("référence"), max_length=REFERENCE_LENGTH, unique=True)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    old = models.JSONField(_("avant"))
    new = models.JSONField(_("après"))
    mailings = models.JSONField(_("envois concernés"), default=list)
    requested_at = models.DateTimeField(_("demandé le"), db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("par"),
    )
    reason = models.TextField(_("motif"), blank=True, db_default="")

    class Meta:
        verbose_name = _("changement d’adresse")
        verbose_name_plural = _("changements d’adresse")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="address_change_changes_something"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=True, reason="") | (Q(by__isnull=False) & ~Q(reason="")),
                name="address_change_of_the_office_has_its_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="stays_as_written", operation=pgtrigger.Update)]

    def __str__(self):
        return self.reference

    @property
    def before(self):
        return Address(**self.old)

    @property
    def after(self):
        return Address(**self.new)

    @property
    def place_changed(self):
        """Whether more than the e-mail changed."""
        return self.before.same_place != self.after.same_place

    @property
    def email_changed(self):
        return self.before.email != self.after.email


class ReDispatchQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(state=ReDispatch.State.TO_DECIDE)


class ReDispatch(models.Model):
    """The question whether to send again a mailing that was sealed when its candidate moved.

    `change`: the change of address, the candidate's own or the office's.
    """

    class State(models.TextChoices):
        TO_DECIDE = "TO_DECIDE", _("à renvoyer ?")
        SENT_AGAIN = "SENT_AGAIN", _("renvoyé")
        CLOSED = "CLOSED", _("classé")

    entry = models.ForeignKey(
        _ENTRY, models.PROTECT, related_name="redispatches", verbose_name=_("inscription")
    )
    change = models.ForeignKey(
        AddressChange,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="redispatches",
        verbose_name=_("changement d’adresse"),
    )
    kind = models.CharField(_("envoi"), max_length=30)
    label = models.CharField(_("libellé"), max_length=200)
    mailed_on = models.DateField(_("envoyé le"), null=True, blank=True)
    sealed_at = models.DateTimeField(_("préparé le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.TO_DECIDE)
    note = models.TextField(_("remarque"), blank=True)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    created_at = models.DateTimeField(_("signalé le"), db_default=Now(), editable=False)

    objects = ReDispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi à refaire ?")
        verbose_name_plural = _("envois à refaire ?")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind"],
                condition=Q(state="TO_DECIDE"),
                name="redispatch_is_decided_once_for_entry_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="TO_DECIDE", decided_at__isnull=True)
                | Q(state__in=["SENT_AGAIN", "CLOSED"], decided_at__isnull=False),
                name="redispatch_decided_has_its_date",
            ),
        ]

    def __str__(self):
        return f"{self.label} ({self.change.reference})" if self.change else self.label


PICTURES = ".zip"  # ending of the proofs stored as pictures; older ones have none


def proof_path(request, filename):
    """Return a random storage path for a proof; the name of the upload is dropped."""
    return f"preuves/{secrets.token_hex(16)}{PICTURES}"


class IdentityRequestQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(state=IdentityRequest.State.SUBMITTED)

    def to_correct(self):
        """Return the requests accepted, whose correction is still to be made."""
        return self.filter(state=IdentityRequest.State.ACCEPTED, corrected_at=None)


class IdentityRequest(models.Model):
    """A candidate's request for another name or birth date, with a proof; the office decides.

    `asked` and `present` hold the fields of `civil_status.requests.FIELDS`, dates as ISO strings.
    `corrected_at`: when the identity on file became what an accepted request asks for.
    """

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("à examiner")
        ACCEPTED = "ACCEPTED", _("acceptée")
        REFUSED = "REFUSED", _("refusée")

    class ProofType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    entry = models.ForeignKey(
        _ENTRY, models.PROTECT, related_name="identity_requests", verbose_name=_("inscription")
    )
    reference = models.CharField(_("référence"), max_length=REFERENCE_LENGTH, unique=True)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    present = models.JSONField(_("au dossier"))
    asked = models.JSONField(_("demandé"))
    explanation = models.TextField(_("explication"), blank=True)
    proof = models.FileField(_("pièce"), upload_to=proof_path, max_length=100, blank=True)
    proof_type = models.CharField(_("type de la pièce"), max_length=20, choices=ProofType)
    proof_size = models.PositiveIntegerField(_("taille de la pièce, en octets"))
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField(_("reçue le"), db_default=Now())
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidée par"),
    )
    reason = models.TextField(_("motif de la décision"), blank=True)
    corrected_at = models.DateTimeField(_("identité corrigée le"), null=True, blank=True)

    objects = IdentityRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande sur l’état civil")
        verbose_name_plural = _("demandes sur l’état civil")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="SUBMITTED", decided_at__isnull=True)
                | (Q(state__in=["ACCEPTED", "REFUSED"], decided_at__isnull=False) & ~Q(reason="")),
                name="identity_request_decided_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(present=F("asked")), name="identity_request_asks_for_something"
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True) | Q(state="ACCEPTED"),
                name="identity_request_corrected_was_accepted",
            ),
        ]

    def __str__(self):
        return self.reference
