"""The deliberation as a job of the worker."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.jobs import kinds
from candidates.jobs.work import JobRefused, Work
from results.jury.deliberation import Deliberation, DeliberationRefused, deliberate
from results.models import ROUNDS, VERDICT_LABELS

KIND, RIGHT = "deliberate", "results.deliberate"


def register() -> None:
    kinds.register(kinds.JobKind(KIND, _label, RIGHT, _work))


def _label(arguments: Mapping[str, Any]) -> str | Promise:
    round = dict(ROUNDS)[arguments["round"]]
    return format_lazy(gettext_lazy("délibération, {round}"), round=round)


def _work(work: Work) -> None:
    session, round = work.session, work.arguments["round"]

    def finish(found: Deliberation) -> None:
        if found.created or found.changed or found.removed:
            work.note_in_journal(session, _changes(found, round))
        work.finish(_sentences(found, round), warned=bool(found.incomplete))

    try:
        deliberate(session, round=round, progress=work.progress(_("décisions")), finish=finish)
    except DeliberationRefused as refused:
        raise JobRefused(refused.problems) from refused


def _sentences(found: Deliberation, round: int) -> Iterator[str]:
    for code, tally in found.verdicts.items():
        counts = [f"{label} {tally[v]}" for v, label in VERDICT_LABELS.items() if tally[v]]
        yield f"{code} : {', '.join(counts) or '—'}"
    if found.created or found.changed or found.removed:
        yield _changes(found, round)
    else:
        yield _("Rien n’a changé depuis la dernière délibération.")
    yield from found.incomplete


def _changes(found: Deliberation, round: int) -> str:
    return _(
        "Délibération du %(round)s : décisions créées : %(created)d ; changées : %(changed)d ; "
        "retirées : %(removed)d."
    ) % {
        "round": dict(ROUNDS)[round],
        "created": found.created,
        "changed": found.changed,
        "removed": found.removed,
    }
