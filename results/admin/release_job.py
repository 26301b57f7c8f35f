"""The opening of releases as a job of the worker, held to what its page showed and asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.jobs import kinds, queue
from candidates.jobs.work import JobRefused, Work
from candidates.models import Job, Session, Speciality
from candidates.proposals import acts
from results.admin import wording
from results.admin.refusals import Refused, refusals
from results.admin.release_confirmation import ReleaseConfirmation
from results.models import ROUNDS, Release
from results.publication.preview import Preview
from results.publication.release import schedule

KIND, RIGHT = "release", "results.release_results"
_TYPED = ("seen", "confirmed", "regulations_read")  # fields of the page that confirms


def register() -> None:
    kinds.register(kinds.JobKind(KIND, _label, RIGHT, _work, _stopped, priority=1))


def ask(session: Session, wanted: Mapping[str, Any], posted: Mapping[str, str], *, by: Any) -> Job:
    """Put a confirmed release into the queue.

    `wanted`: `specialities`, `round`, and `at`, None for at once; `posted`: the fields of the page
    that confirmed it.
    """
    at = wanted["at"]
    return queue.ask(
        KIND,
        session=session,
        by=by,
        specialities=sorted(speciality.pk for speciality in wanted["specialities"]),
        round=wanted["round"],
        at=at and at.isoformat(),
        posted=fields_of(posted),
    )


def fields_of(posted: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the page that confirms, as a job keeps them."""
    return {n: posted[n].replace("\0", "").strip() for n in _TYPED if n in posted}


def _label(arguments: Mapping[str, Any]) -> str | Promise:
    round = dict(ROUNDS)[arguments["round"]]
    if arguments["at"] is None:
        return format_lazy(gettext_lazy("ouverture des résultats, {round}"), round=round)
    return format_lazy(gettext_lazy("publication des résultats, {round}"), round=round)


def _work(work: Work) -> None:
    """Release what was confirmed, unless anything that its page showed or asked has changed."""
    session, asked = work.session, work.arguments
    found = Speciality.objects.filter(pk__in=asked["specialities"]).order_by("code")
    wanted = {
        "specialities": list(found),
        "round": asked["round"],
        "at": asked["at"] and datetime.fromisoformat(asked["at"]),
    }

    def agreed(present: Preview) -> list[str]:
        return ReleaseConfirmation(asked["posted"], session, present, wanted).objections(session)

    def finish(releases: list[Release]) -> None:
        said = [_sentence(release) for release in releases]
        work.note_in_journal(session, " ".join(said))
        work.finish(said)

    try:
        with refusals():
            schedule(
                session,
                **wanted,
                by=work.author,
                agreed=agreed,
                progress=work.progress(_("résultats")),
                finish=finish,
            )
    except Refused as refused:
        raise JobRefused(refused.problems) from refused


def _stopped(job: Job) -> None:
    """An approved release that is not done leaves nothing to be approved."""
    acts.let_lapse_of_job(job, job.sentences or [job.get_state_display()])


def _sentence(release: Release) -> str:
    is_open = Release.objects.open().filter(pk=release.pk).exists()
    text = (
        _("%(code)s, %(round)s : résultats publics depuis le %(hour)s.")
        if is_open
        else _("%(code)s, %(round)s : publication programmée, %(hour)s.")
    )
    opens_at = timezone.localtime(release.opens_at)
    return text % {
        "code": release.speciality.code,
        "round": wording.round_name(release.round),
        "hour": date_format(opens_at, "j F Y, H:i:s" if is_open else "j F Y, H:i"),
    }
