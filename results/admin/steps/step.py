"""A step of a session: its state, what stands in its way, and what there is to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FORM = "form"  # its id on the page


class State(TextChoices):
    DONE = "done", _("fait")
    UNDER_WAY = "under-way", _("en cours")
    TO_DO = "to-do", _("à faire")
    NOT_YET = "not-yet", _("pas encore possible")
    NOT_CONCERNED = "not-concerned", _("sans objet")


@dataclass(frozen=True)
class Action:
    """What a button does: open a page, or post `values` to it where they are given.

    `right`: the permission that it takes.
    """

    label: str
    address: str
    right: str
    values: tuple[tuple[str, str], ...] | None = None

    @property
    def opens_form(self) -> bool:
        """Whether it leads to the form of a release, on the page of the session."""
        return self.address.endswith(f"#{FORM}")

    @property
    def posts(self) -> bool:
        return self.values is not None


@dataclass(frozen=True)
class Trouble:
    """A sentence about what is missing or doubtful, and the page where it is seen to."""

    text: str
    address: str = ""
    is_error: bool = True


@dataclass(frozen=True)
class Step:
    """`said`: a sentence about how far it is. `wait`: one that says why nothing is to be done now.
    `is_optional`: what comes after does not wait for it.
    """

    name: str
    title: str
    state: State
    said: str = ""
    troubles: Sequence[Trouble] = ()
    actions: Sequence[Action] = ()
    wait: str = ""
    is_optional: bool = False

    @property
    def action(self) -> Action | None:
        """The first of its actions, which comes next."""
        return next(iter(self.actions), None)

    @property
    def is_open(self) -> bool:
        return self.state in {State.TO_DO, State.UNDER_WAY}


def next_step(steps: Sequence[Step]) -> Step | None:
    """Return the step that comes next; None when all is done, or waits for what is not there."""
    return next(_pending(steps), None)


def _pending(steps: Sequence[Step]) -> Iterator[Step]:
    return (step for step in steps if step.is_open and not step.is_optional)
