"""All steps in their order, and the one that comes next."""

from dataclasses import dataclass

from results.admin.steps import after_deliberation, before_release, links
from results.admin.steps.facts import SessionFacts
from results.admin.steps.step import State, Step, next_step

_ORDER = (
    before_release.regulations,
    before_release.schools,
    before_release.entries,
    before_release.marks,
    before_release.deliberation,
    after_deliberation.jury,
    after_deliberation.release,
    after_deliberation.papers,
    after_deliberation.second_round,
    after_deliberation.september,
)


@dataclass(frozen=True)
class ComingStep:
    """`label`: what is to be done, or the hour that is waited for. `address`: of the session."""

    label: str
    address: str


def steps_of(facts: SessionFacts) -> list[Step]:
    """Return the steps of a session, in their order."""
    return [step(facts) for step in _ORDER]


def coming_step(facts: SessionFacts) -> ComingStep | None:
    """Return the next step of a session, if it has one.

    The address is that of the page of the session, which whoever sees sessions may open: it has the
    button at its top.
    """
    step = next_step(steps_of(facts))
    return ComingStep(_label(step), links.page_of(facts.session)) if step else None


def for_jury(facts: SessionFacts) -> bool:
    """Whether the jury may decide on the first round: all is decided, and not all announced."""
    return after_deliberation.jury(facts).state is State.UNDER_WAY


def _label(step: Step) -> str:
    if step.wait:
        return f"{step.title} : {step.wait[0].lower()}{step.wait[1:]}"
    return step.action.label if step.action else step.title
