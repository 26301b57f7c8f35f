"""The page from which a session is led: its steps, the next one first, then its figures."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from candidates.models import Session
from results.admin import release_proposals
from results.admin.lifecycle import COUNTED, RoundProgress
from results.admin.publication_status import STATES, release_state
from results.admin.release_forms import ScheduleForm
from results.admin.release_job import RIGHT as RELEASE
from results.admin.steps import Step, facts_of, next_step, steps_of
from results.models import VERDICT_LABELS
from results.publication.release import next_round

_OF_ROUND = {"1": "release", "2": "second-round"}  # the step in which a round is released


def context(
    request: HttpRequest, session: Session, form: ScheduleForm | None = None
) -> dict[str, Any]:
    """Return what the template of the page shows to who asks. `form`: one to be mended."""
    release_proposals.look_again(session)
    facts = facts_of([session])[session.pk]
    steps = [_permitted(step, request.user) for step in steps_of(facts)]
    form = form or _schedule_form(session, facts.rounds)
    round = str(form.data.get("round") if form.is_bound else form.initial["round"])
    coming = next_step(steps)
    form_in = _form_in(steps, round, form)
    given = [v for v in COUNTED if any(progress.verdicts.get(v) for progress in facts.rounds)]
    return {
        "title": _("Déroulement : %(session)s") % {"session": session},
        "steps": [_beside(step, form_in, coming) for step in steps],
        "coming": coming,
        "form": form,
        "form_in": form_in,
        "rounds": [
            {
                "progress": progress,
                "state": progress.release and STATES[release_state(progress.release)],
                "counts": [(verdict, progress.verdicts.get(verdict, 0)) for verdict in given],
            }
            for progress in facts.rounds
        ],
        "verdict_labels": [VERDICT_LABELS[verdict] for verdict in given],
        "proposals": session.proposals.select_related("proposed_by", "decided_by")[:10],
        "may_withdraw": any(p.release and not p.release.withdrawn_at for p in facts.rounds),
        "may_release": request.user.has_perm(RELEASE),
    }


def _permitted(step: Step, user: Any) -> Step:
    """Return the step with the actions that a user may do."""
    return replace(step, actions=[a for a in step.actions if user.has_perm(a.right)])


def _beside(step: Step, form_in: str, coming: Step | None) -> Step:
    """Return the step without the link to the form that it holds, nor what the top offers."""
    top = coming.action if coming is step and not step.wait else None
    in_form = step.name == form_in
    actions = [a for a in step.actions if a != top and not (in_form and a.opens_form)]
    return replace(step, actions=actions)


def _form_in(steps: Sequence[Step], round: str, form: ScheduleForm) -> str:
    """Return the name of the step that holds the form of a release, "" where nothing takes one."""
    offered = {step.name for step in steps if any(a.opens_form for a in step.actions)}
    name = _OF_ROUND.get(round, _OF_ROUND["1"])
    if form.is_bound or name in offered:
        return name
    return min(offered, default="")


def _schedule_form(session: Session, rounds: Sequence[RoundProgress]) -> ScheduleForm:
    specialities = [progress.speciality for progress in rounds if progress.round == 1]
    round = next_round(session, specialities) if specialities else 1
    closed = [s.speciality.pk for s in rounds if s.round == round and not s.is_open]
    return ScheduleForm(session=session, initial={"round": round, "specialities": closed})
