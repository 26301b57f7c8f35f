"""What stands for a lost diploma, and where it was asked for."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.references import REFERENCE_LENGTH
from results.models import PublishedResult


class AttestationQuerySet(models.QuerySet):
    def light(self):
        """What visitors may read but for the files, and since when each is revoked, if it is."""
        return self.defer("pdf", "issued_by").annotate(revoked_at=F("revocation__at"))


class Attestation(models.Model):
    """An attestation of success as it was given: what it says, and its sealed file.

    One for each published result, by which the portal knows of the success; or none of ours, and
    the office has read it in its register. `document` holds every printed field
    (`attestation_document`). A trigger keeps the row as it was written.
    """

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
        verbose_name = _("attestation de réussite")
        verbose_name_plural = _("attestations de réussite")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_result__isnull=False, issued_by__isnull=True)
                | Q(published_result__isnull=True, issued_by__isnull=False),
                name="attestation_rests_on_a_result_or_on_somebody",
            )
        ]

    def __str__(self):
        return self.reference
