"""What the journal tells of marks, of the jury's points, and of candidates and their entries."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidates.trail import sources
from results.admin import history
from results.models import JuryDecision, Mark, Test


def register() -> None:
    sources.register(
        sources.history(
            Mark,
            _("note"),
            about=lambda whom: Q(entry__in=whom.entries),
            entry="entry_id",
            texts=_marks,
        ),
        sources.history(
            JuryDecision,
            _("points du jury"),
            about=lambda whom: Q(entry__in=whom.entries),
            entry="entry_id",
            texts=lambda rows: [dict([history.jury_text(row)]) for row in rows],
        ),
    )


def _marks(rows: Sequence[Any]) -> list[Mapping[str, str]]:
    tests = Test.objects.in_bulk({row.test_id for row in rows})
    return [dict([history.mark_text(row, tests)]) for row in rows]
