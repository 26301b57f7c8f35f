"""Publication status of the result of one entry, and the effect of a correction."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.models import Entry
from results.models import Release
from results.publication import rows

OPEN, COMING, WITHDRAWN = "open", "coming", "withdrawn"
STATES = {
    OPEN: gettext_lazy("ouverte"),
    COMING: gettext_lazy("programmée"),
    WITHDRAWN: gettext_lazy("retirée"),
}


def release_state(release: Release) -> str:
    """Return the key in `STATES` of a release, now."""
    if release.withdrawn_at is not None:
        return WITHDRAWN
    return OPEN if release.is_open(timezone.now()) else COMING


class PublicationStage(Enum):
    NOTHING = "nothing"
    SCHEDULED = "scheduled"
    PUBLIC = "public"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class PublicationStatus:
    """Stage of a result, and its release (None where nothing is published)."""

    stage: PublicationStage
    release: Release | None = None

    @property
    def sentence(self) -> str:
        opens_at = self.release and timezone.localtime(self.release.opens_at)
        return {
            PublicationStage.NOTHING: _("Rien n’est publié."),
            PublicationStage.SCHEDULED: _("Publication programmée le %(hour)s."),
            PublicationStage.PUBLIC: _("Résultat public depuis le %(hour)s."),
            PublicationStage.WITHDRAWN: _(
                "Publication retirée, après avoir été ouverte le %(hour)s."
            ),
        }[self.stage] % {"hour": opens_at and date_format(opens_at, "j F Y, H:i")}

    @property
    def effect(self) -> str:
        """The effect of a correction that is not yet known, as a sentence."""
        return {
            PublicationStage.NOTHING: _(
                "Le changement est fait tel quel ; une décision déjà prise est revue."
            ),
            PublicationStage.SCHEDULED: _("Le résultat qui attend l’heure sera réécrit."),
            PublicationStage.PUBLIC: _(
                "Si ce que lit le candidat change, une nouvelle révision remplace aussitôt le "
                "résultat en ligne. L’ancienne est conservée."
            ),
            PublicationStage.WITHDRAWN: _(
                "Si ce que lira le candidat change, une nouvelle révision est écrite, pour la "
                "réouverture. L’ancienne est conservée."
            ),
        }[self.stage]

    def effect_of(self, *, revisions: int, internal: bool) -> str:
        """Return the effect of a correction that adds so many `revisions`, as a sentence.

        `internal`: the candidate does not read its reason.
        """
        if self.stage not in {PublicationStage.PUBLIC, PublicationStage.WITHDRAWN}:
            return self.effect
        if not revisions:
            return _(
                "Le résultat publié ne change pas : il n’y a pas de nouvelle révision, et le "
                "candidat ne lit pas ce motif."
            )
        if self.stage is PublicationStage.WITHDRAWN:
            happens = _("Une nouvelle révision sera écrite, pour la réouverture.")
        else:
            happens = _("Une nouvelle révision remplacera aussitôt le résultat en ligne.")
        if internal:
            said = _("Le candidat en lira la date et un texte fixe, jamais ce motif.")
        else:
            said = _("Le candidat en lira la date et le motif.")
        return f"{happens} {said} " + _("L’ancienne est conservée.")


def rounds_out(entry: Entry, *, at: datetime | None = None) -> set[int]:
    """Return the rounds whose result was public by the instant `at` (default: now)."""
    at = at or timezone.now()
    releases = Release.objects.filter(results__entry=entry).distinct().order_by("round")
    return {release.round for release in releases if rows.frozen(release, at)}


def status_of(entry: Entry, *, at: datetime | None = None) -> PublicationStatus:
    """Return the `PublicationStatus` of an entry at the instant `at` (default: now). One query."""
    at = at or timezone.now()
    releases = list(Release.objects.filter(results__entry=entry).distinct().order_by("-round"))
    seen = [release for release in releases if rows.frozen(release, at)]
    if opened := [release for release in seen if release.is_open(at)]:
        return PublicationStatus(PublicationStage.PUBLIC, opened[0])
    if seen:
        return PublicationStatus(PublicationStage.WITHDRAWN, seen[0])
    waiting = [release for release in releases if release.withdrawn_at is None]
    if waiting:
        return PublicationStatus(PublicationStage.SCHEDULED, waiting[0])
    return PublicationStatus(PublicationStage.NOTHING)
