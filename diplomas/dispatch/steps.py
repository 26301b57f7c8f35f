"""The steps of a batch on its admin page: stage, permission, form and action."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diplomas.dispatch import dispatch
from diplomas.dispatch.forms import DayForm, SentForm
from diplomas.models import DispatchBatch

Stage = DispatchBatch.Stage
SEAL = "sceller"
DISPATCH, CUSTODY = "diplomas.dispatch_diplomas", "diplomas.record_custody"


@dataclass(frozen=True)
class BatchStep:
    """A step of a batch: the stage in which it is offered, its permission, texts and action.

    `act` takes the batch, the user, and the cleaned data of the `form`, if there is one. `act_on`
    takes several locked batches of a session, the user and the day (`dispatch.seal_locked`);
    `several` is its title then.
    """

    name: str
    stage: str
    right: str
    title: str | Promise
    warning: str | Promise
    done: str | Promise
    act: Callable[..., object]
    act_on: Callable[..., object]
    several: str | Promise
    form: type[DayForm] | None = None
    to_school: bool = False

    @property
    def page_of_several(self) -> str:
        """The name of the page on which many batches of a session take it."""
        return f"admin:diplomas_dispatchbatch_lots_{self.name}"


STEPS = {
    step.name: step
    for step in (
        BatchStep(
            SEAL,
            Stage.DRAFT,
            DISPATCH,
            _("Sceller"),
            _(
                "Après, rien n’entre plus dans ce lot et les adresses ne changent plus. Cela ne "
                "peut pas être défait."
            ),
            _("Lot scellé."),
            lambda batch, by, asked: dispatch.seal(batch, by=by),
            lambda batches, by, day: dispatch.seal_locked(batches, by=by),
            _("Sceller des lots"),
        ),
        BatchStep(
            "imprimer",
            Stage.SEALED,
            DISPATCH,
            _("Marquer comme imprimé"),
            _(
                "Quand les diplômes sont imprimés. Chacun ne l’est qu’une fois dans sa vie : cela "
                "ne peut pas être défait."
            ),
            _("Lot imprimé."),
            lambda batch, by, asked: dispatch.mark_printed(batch, by=by),
            lambda batches, by, day: dispatch.print_locked(batches, by=by),
            _("Marquer des lots comme imprimés"),
        ),
        BatchStep(
            "envoyer",
            Stage.PRINTED,
            DISPATCH,
            _("Marquer comme envoyé"),
            _("Les candidats lisent aussitôt que leur diplôme est parti, ce jour-là."),
            _("Lot envoyé."),
            lambda batch, by, asked: dispatch.mark_sent(
                batch, on=asked["day"], tracking=asked["tracking"], by=by
            ),
            lambda batches, by, day: dispatch.send_locked(batches, on=day, by=by),
            _("Marquer des lots comme envoyés"),
            SentForm,
        ),
        BatchStep(
            "arrive",
            Stage.SENT,
            CUSTODY,
            _("Marquer comme arrivé à l’établissement"),
            _("Les candidats lisent aussitôt que leur diplôme les attend dans l’établissement."),
            _("Lot arrivé."),
            lambda batch, by, asked: dispatch.mark_arrived(batch, on=asked["day"], by=by),
            lambda batches, by, day: dispatch.arrive_locked(batches, on=day, by=by),
            _("Marquer des lots comme arrivés à l’établissement"),
            DayForm,
            to_school=True,
        ),
    )
}
