"""Revocations of documents, and counts of their verifications."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from diplomas.models.attestations import Attestation
from results.models import PublishedResult

_OF_ONE_DOCUMENT = Q(published_result__isnull=False, attestation__isnull=True) | Q(
    published_result__isnull=True, attestation__isnull=False
)


class Revocation(models.Model):
    """The office's declaration that a document of its own is no longer valid.

    It is about one revision of a score sheet, or one attestation: a correction gives the candidate
    new documents. The public sees it and its date, never the reason. It is deleted with the
    document.
    """

    published_result = models.OneToOneField(
        PublishedResult,
        models.CASCADE,
        null=True,
        related_name="revocation",
        db_constraint=False,
        verbose_name=_("résultat publié"),
    )
    attestation = models.OneToOneField(
        Attestation,
        models.CASCADE,
        null=True,
        related_name="revocation",
        db_constraint=False,
        verbose_name=_("attestation"),
    )
    reason = models.TextField(
        _("motif"), help_text=_("Pour le service seulement : la page publique ne le montre pas.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("par")
    )
    at = models.DateTimeField(_("révoqué le"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("révocation")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="revocation_has_its_reason",
                violation_error_message=_("Une révocation est motivée."),
            ),
            models.CheckConstraint(
                condition=_OF_ONE_DOCUMENT, name="revocation_is_of_one_document"
            ),
        ]

    def __str__(self):
        return f"{self.published_result_id or self.attestation}"


class VerificationOpening(models.Model):
    """The number of times that a document was verified in one hour; visitors are not recorded."""

    published_result = models.ForeignKey(
        PublishedResult,
        models.CASCADE,
        null=True,
        related_name="verification_openings",
        db_constraint=False,
        db_index=False,
        verbose_name=_("résultat publié"),
    )
    attestation = models.ForeignKey(
        Attestation,
        models.CASCADE,
        null=True,
        related_name="verification_openings",
        db_constraint=False,
        db_index=False,
        verbose_name=_("attestation"),
    )
    hour = models.DateTimeField(_("heure"))
    times = models.PositiveIntegerField(_("fois"))

    class Meta:
        verbose_name = _("vérification")
        ordering = ["published_result", "attestation", "-hour"]
        constraints = [
            models.UniqueConstraint(
                fields=["published_result", "hour"], name="verification_opening_counts_by_the_hour"
            ),
            models.UniqueConstraint(
                fields=["attestation", "hour"], name="attestation_opening_counts_by_the_hour"
            ),
            models.CheckConstraint(
                condition=_OF_ONE_DOCUMENT, name="verification_opening_is_of_one_document"
            ),
        ]

    def __str__(self):
        return f"{self.published_result_id or self.attestation_id}: {self.times}"
