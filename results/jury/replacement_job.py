"""The opening of a September session as a job of the worker."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.jobs import kinds
from candidates.jobs.work import JobRefused, Work
from results.jury.replacement import ReplacementRefused, open_replacement

KIND, RIGHT = "open_replacement", "candidates.import_entries"


def register() -> None:
    label = gettext_lazy("reprise des candidats dont la décision est reportée")
    kinds.register(kinds.JobKind(KIND, label, RIGHT, _work))


def _work(work: Work) -> None:
    session = work.session
    try:
        with transaction.atomic():
            opened = open_replacement(session)
            done = _(
                "Inscriptions reprises : %(entries)d ; notes reprises : %(marks)d ; "
                "déjà là : %(present)d."
            )
            said = done % vars(opened)
            if opened.entries or opened.marks:
                work.note_in_journal(session, said)
            work.finish([said, *opened.left], warned=bool(opened.left))
    except ReplacementRefused as refused:
        raise JobRefused(refused.problems) from refused
