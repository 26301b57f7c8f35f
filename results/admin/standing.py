"""Where the result of one entry stands, and so what a correction of it will do."""

from dataclasses import dataclass
from enum import Enum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from results.models import Release
from results.publication import rows

OPEN, COMING, WITHDRAWN = "open", "coming", "withdrawn"
STATES = {
    OPEN: gettext_lazy("ouverte"),
    COMING: gettext_lazy("programmée"),
    WITHDRAWN: gettext_lazy("retirée"),
}


def state_of(release):
    if release.withdrawn_at is not None:
        return WITHDRAWN
    return OPEN if release.is_open(timezone.now()) else COMING


class Stage(Enum):
    NOTHING = "nothing"
    SCHEDULED = "scheduled"
    PUBLIC = "public"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """The stage of a result, and the release it comes from (None where nothing is published)."""

    stage: Stage
    release: Release | None = None

    @property
    def sentence(self):
        opens_at = self.release and timezone.localtime(self.release.opens_at)
        return {
            Stage.NOTHING: _("Rien n’est publié."),
            Stage.SCHEDULED: _("Publication programmée le %(hour)s."),
            Stage.PUBLIC: _("Résultat public depuis le %(hour)s."),
            Stage.WITHDRAWN: _("Publication retirée, après avoir été ouverte le %(hour)s."),
        }[self.stage] % {"hour": opens_at and date_format(opens_at, "j F Y, H:i")}

    @property
    def effect(self):
        return {
            Stage.NOTHING: _(
                "Le changement est fait tel quel ; une décision déjà prise est revue."
            ),
            Stage.SCHEDULED: _("Le résultat qui attend l’heure sera réécrit."),
            Stage.PUBLIC: _(
                "Une nouvelle révision remplacera aussitôt le résultat en ligne, avec la date et "
                "le motif, que le candidat lira. L’ancienne est conservée."
            ),
            Stage.WITHDRAWN: _(
                "Une nouvelle révision sera écrite, avec la date et le motif, que le candidat lira "
                "à la réouverture. L’ancienne est conservée."
            ),
        }[self.stage]


def standing_of(entry, *, at=None):
    """The `Standing` of an entry at the instant `at` (default: now). One query."""
    at = at or timezone.now()
    releases = list(Release.objects.filter(results__entry=entry).distinct().order_by("-round"))
    seen = [release for release in releases if rows.frozen(release, at)]
    if opened := [release for release in seen if release.is_open(at)]:
        return Standing(Stage.PUBLIC, opened[0])
    if seen:
        return Standing(Stage.WITHDRAWN, seen[0])
    waiting = [release for release in releases if release.withdrawn_at is None]
    return Standing(Stage.SCHEDULED, waiting[0]) if waiting else Standing(Stage.NOTHING)
