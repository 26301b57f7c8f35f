"""The papers of diplomas as an edition: lists to sign, letters and indexes of sealed batches."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.editions import kinds, making
from candidates.editions.kinds import EditionKind, Made, Order
from candidates.jobs.work import JobRefused
from candidates.models import Job
from candidates.models.requests import TransitionError
from diplomas.dispatch.printing import print_dispatch
from diplomas.dispatch.steps import DISPATCH
from diplomas.models import DispatchBatch
from results_portal.printing.files import Unprintable
from results_portal.printing.run import PrintReport

_NAME = "dispatch"


def register() -> None:
    kinds.register(PAPERS)


def ask(batch: DispatchBatch, *, by: Any) -> Job:
    """Have the papers of one sealed batch printed."""
    return making.ask(batch.session, _NAME, {"batch": batch.pk}, by=by)


def of_batch(batch: DispatchBatch) -> Any:
    """Return the jobs that printed the papers of one batch, the newest first."""
    mine = {"arguments__edition": _NAME, "arguments__options__batch": batch.pk}
    return making.of_session(batch.session).filter(**mine)


def _make(order: Order) -> Made:
    batches = None
    if "batch" in order.options:
        batches = DispatchBatch.objects.filter(pk=order.options["batch"])
    progress = order.progress(_("papiers"))
    try:
        reports = print_dispatch(
            order.session,
            order.folder,
            batches=batches,
            progress=lambda done: progress(done, 0),
        )
    except TransitionError:
        raise JobRefused([_("Aucun lot scellé n’attend de partir.")]) from None
    except Unprintable as paper:
        raise JobRefused([_("Une lettre ne tient pas sur sa page : %s") % paper]) from None
    return Made(_sentences(reports))


def _sentences(reports: dict[str, PrintReport]) -> Iterator[str]:
    lists, letters = reports["bordereaux"].documents, reports["lettres"].documents
    if lists:
        yield ngettext("%(n)d bordereau.", "%(n)d bordereaux.", lists) % {"n": lists}
    if letters:
        yield ngettext("%(n)d lettre.", "%(n)d lettres.", letters) % {"n": letters}


PAPERS = EditionKind(
    _NAME,
    gettext_lazy("papiers des diplômes"),
    gettext_lazy(
        "Bordereaux des établissements, lettres aux candidats et index de l’imprimeur, de tous les "
        "lots scellés qui ne sont pas partis. La page d’un lot donne ceux de ce lot."
    ),
    "diplomes",
    DISPATCH,
    _make,
)
