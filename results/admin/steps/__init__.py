"""The steps of a session, from its regulations to September, and the one that comes next."""

from results.admin.steps.facts import SessionFacts, facts_of
from results.admin.steps.next_step import ComingStep, coming_step, for_jury, steps_of
from results.admin.steps.step import Action, State, Step, Trouble, next_step

__all__ = [
    "Action",
    "ComingStep",
    "SessionFacts",
    "State",
    "Step",
    "Trouble",
    "coming_step",
    "facts_of",
    "for_jury",
    "next_step",
    "steps_of",
]
