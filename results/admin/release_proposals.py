"""The opening of releases as an act of two people."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.models import Job, Proposal, Session, Speciality
from candidates.proposals import acts, kinds
from candidates.proposals.kinds import Lapsed, NotSure
from results.admin import release_job, release_preview, wording
from results.admin.release_confirmation import ReleaseConfirmation
from results.models import Release
from results.publication import hours
from results.publication.preview import preview

KIND = "release"


def register() -> None:
    kinds.register(
        kinds.ProposalKind(KIND, "admin/results/release/proposal.html", _show, _act, _address)
    )


def takes_two(session: Session, wanted: Mapping[str, Any]) -> bool:
    """Whether any results would be public that are not so now, or sooner than announced.

    To put off an hour takes one person.
    """
    at, now = wanted["at"], timezone.now()
    specialities = wanted["specialities"]
    found = hours.releases_of(session, specialities=specialities, round=wanted["round"])
    for speciality in specialities:
        release = found.get(speciality.pk)
        if release is None:
            return True
        if not release.is_open(now) and (at is None or at < release.opens_at):
            return True
    return False


def propose(
    session: Session, wanted: Mapping[str, Any], posted: Mapping[str, str], *, by: Any
) -> Proposal:
    """Propose a release as its page has confirmed it; arguments as of `release_job.ask`."""
    at, round = wanted["at"], wanted["round"]
    specialities = sorted(speciality.pk for speciality in wanted["specialities"])
    fields = release_job.fields_of(posted)
    return acts.propose(
        KIND,
        label=_label(wanted),
        session=session,
        by=by,
        things=[_thing(session.pk, pk, round) for pk in specialities],
        payload={
            "specialities": specialities,
            "round": round,
            "at": at and at.isoformat(),
            "posted": fields,
        },
        digest=fields["seen"],
        opens_at=at,
    )


def thing(release: Release) -> str:
    """Return what stands for a release in the proposals about it."""
    return _thing(release.session_id, release.speciality_id, release.round)


def _thing(session: int, speciality: int, round: int) -> str:
    return f"release {session} {speciality} {round}"


def look_again(session: Session) -> None:
    """End the proposals of a session's releases that have lapsed."""
    acts.let_pass()
    for proposal in Proposal.objects.waiting().filter(session=session, kind=KIND).order_by("pk"):
        with suppress(acts.Ended):
            acts.shown(proposal)


def _label(wanted: Mapping[str, Any]) -> str:
    round = wording.round_name(wanted["round"])
    count = len(wanted["specialities"])
    some = ngettext("%(n)s spécialité", "%(n)s spécialités", count) % {"n": count}
    if wanted["at"] is None:
        said = _("ouvrir aussitôt les résultats du %(round)s (%(some)s)")
        return said % {"round": round, "some": some}
    hour = date_format(timezone.localtime(wanted["at"]), "j F Y, H:i")
    said = _("publier les résultats du %(round)s le %(hour)s (%(some)s)")
    return said % {"round": round, "some": some, "hour": hour}


def _read(proposal: Proposal) -> dict[str, Any]:
    asked = proposal.payload
    found = Speciality.objects.filter(pk__in=asked["specialities"]).order_by("code")
    return {
        "specialities": list(found),
        "round": asked["round"],
        "at": asked["at"] and datetime.fromisoformat(asked["at"]),
    }


def _page(
    proposal: Proposal, posted: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any], ReleaseConfirmation]:
    """Return what is wanted, its preview for a page, and how it compares with what was seen.

    Raises `Lapsed` where its author saw something else, or where it has become impossible.
    """
    session, wanted = proposal.session, _read(proposal)
    found = preview(session, **wanted)
    page = ReleaseConfirmation({**posted, "seen": proposal.digest}, session, found, wanted)
    if found.problems or page.meanwhile:
        raise Lapsed(found.problems or page.meanwhile)
    if not page.is_up_to_date:
        raise Lapsed([_("Les décisions ont changé depuis la proposition.")])
    return wanted, release_preview.context(session, wanted, found), page


def _show(proposal: Proposal) -> dict[str, Any]:
    _wanted, shown, page = _page(proposal, proposal.payload["posted"])
    return {**shown, "doubts": page.doubts, "code": proposal.session.code}


def _act(proposal: Proposal, posted: Mapping[str, str]) -> Job:
    """Ask the worker for the release: it compares once more when it begins."""
    fields = {**proposal.payload["posted"], "confirmed": posted.get("confirmed", "")}
    wanted, _shown, page = _page(proposal, fields)
    if problems := page.objections(proposal.session):
        raise NotSure(problems)
    return release_job.ask(proposal.session, wanted, fields, by=proposal.proposed_by)


def _address(proposal: Proposal) -> str:
    return reverse("admin:candidates_session_lifecycle", args=[proposal.session_id])
