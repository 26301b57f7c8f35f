"""Figures of a speciality, as the public reads them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from results.models.publication import Release
from results_portal.routers import PUBLIC


class PublicFigureQuerySet(models.QuerySet["PublicFigure"]):
    def for_visitors(self) -> Self:
        """Read with the rights of visitors' pages, and only the columns that these may read."""
        return self.using(PUBLIC).defer(*(f"release__{name}" for name in Release.HIDDEN))

    def open(self, at: datetime | None = None) -> Self:
        """Return the rows of releases open at the instant `at`, and never withdrawn since."""
        return self.filter(
            Q(release__opened_at__isnull=True) | Q(release__opened_at=F("release__opens_at")),
            release__opens_at__lte=at or Now(),
            release__withdrawn_at__isnull=True,
        )


class PublicFigure(models.Model):
    """A group of a release, with how many were present and admitted where this may be told.

    `table`, `key`: its `results.statistics.groups.Group`. `present` and `admitted` are null where
    they are hidden, `mentions` (pairs of label and number) where these are. Written before the hour
    of the release, by `results.statistics.publishing`. A trigger
    (`migrations/sql/public_figures.sql`) freezes them from that hour on: a correction would else be
    told by the difference. For the same reason a release that is withdrawn and opens again shows
    none any more: who saw the first would learn by the second who was corrected.
    """

    release = models.ForeignKey(
        Release, models.CASCADE, related_name="figures", verbose_name=_("publication")
    )
    table = models.CharField(_("tableau"), max_length=10)
    key = models.CharField(_("clé"), max_length=120, blank=True)
    present = models.PositiveIntegerField(_("présents"), null=True, blank=True)
    admitted = models.PositiveIntegerField(_("admis"), null=True, blank=True)
    mentions = models.JSONField(_("mentions"), null=True, blank=True)

    objects = PublicFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiffre public")
        verbose_name_plural = _("chiffres publics")
        default_permissions = ()
        ordering = ["release", "table", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "table", "key"], name="public_figure_is_unique_for_its_group"
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True, admitted__isnull=True)
                | Q(present__isnull=False, admitted__lte=F("present")),
                name="public_figure_is_told_whole_or_hidden",
            ),
            models.CheckConstraint(
                condition=Q(mentions__isnull=True) | Q(present__isnull=False),
                name="public_figure_tells_mentions_of_what_it_shows",
            ),
        ]

    def __str__(self):
        return f"{self.table} {self.key}"
