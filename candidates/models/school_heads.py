"""Heads of schools, who read the results of their own pupils."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.history import kept_in_history
from candidates.models.reference import School


@kept_in_history(from_the_first=True)
class SchoolHead(models.Model):
    """An account that reads the published results of a school's pupils (chef d’établissement).

    One account may have several schools, and one school several accounts. `tied_by`: who gave the
    account this school; None for the demo.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="headed",
        verbose_name=_("compte"),
    )
    school = models.ForeignKey(
        School, models.PROTECT, related_name="heads", verbose_name=_("établissement")
    )
    tied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("rattaché par"),
    )
    tied_at = models.DateTimeField(_("rattaché le"), db_default=Now())

    class Meta:
        verbose_name = _("chef d’établissement")
        verbose_name_plural = _("chefs d’établissement")
        default_permissions = ()
        permissions = [("read_own_pupils", _("Peut lire les résultats de ses propres élèves"))]
        ordering = ["school", "user"]
        constraints = [
            models.UniqueConstraint(fields=["user", "school"], name="school_head_is_tied_once")
        ]

    def __str__(self):
        return f"{self.user}, {self.school_id}"
