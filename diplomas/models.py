from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from diplomas.dispatch_models import CustodyEvent, Diploma, DispatchBatch, Kind, Route, State
from results.models import PublishedResult

__all__ = [
    "CustodyEvent",
    "Diploma",
    "DispatchBatch",
    "Kind",
    "Revocation",
    "Route",
    "State",
    "VerificationOpening",
]


class Revocation(models.Model):
    """The office's word that a document of its own is no longer to be trusted.

    It holds for one revision: a correction gives the candidate a new document. The public reads
    that it is so and since when, never why. It goes with the published result.
    """

    published_result = models.OneToOneField(
        PublishedResult,
        models.CASCADE,
        related_name="revocation",
        db_constraint=False,
        verbose_name=_("résultat publié"),
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
            )
        ]

    def __str__(self):
        return f"{self.published_result_id}"


class VerificationOpening(models.Model):
    """How often a document was opened on the verification page in one hour; by whom is not kept."""

    published_result = models.ForeignKey(
        PublishedResult,
        models.CASCADE,
        related_name="verification_openings",
        db_constraint=False,
        db_index=False,
        verbose_name=_("résultat publié"),
    )
    hour = models.DateTimeField(_("heure"))
    times = models.PositiveIntegerField(_("fois"))

    class Meta:
        verbose_name = _("vérification")
        ordering = ["published_result", "-hour"]
        constraints = [
            models.UniqueConstraint(
                fields=["published_result", "hour"], name="verification_opening_counts_by_the_hour"
            )
        ]

    def __str__(self):
        return f"{self.published_result_id}: {self.times}"
