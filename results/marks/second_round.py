"""Marks of the second round typed in a grid: written as a file of marks is, under its checks."""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Entry, Session, Speciality
from results import rules
from results.marks import marks_import
from results.models import Mark, Test, Verdict
from results.publication.correction import corrections
from results.regulations import rulebook
from results_portal.imports.staging import ImportRefused
from results_portal.tabular import MAX_BYTES, ErrorLog

Place = tuple[int, int]  # primary keys of an entry and a test
_ALSO = [status.value for status in rules.WITHOUT_VALUE]


@dataclass
class CellsRefused(Exception):
    """Nothing was written; `problems`: the sentences for each place."""

    problems: dict[Place, list[str]] = field(default_factory=dict)


def called(session: Session, speciality: Speciality):
    """Return the entries called to the second round, by number; none that is withheld."""
    return (
        Entry.objects.select_related("session")
        .filter(
            session=session,
            speciality=speciality,
            withheld=False,
            decisions__round=1,
            decisions__verdict=Verdict.CONTROL,
        )
        .order_by("number")
    )


def open_tests(session: Session, speciality: Speciality) -> list[Test]:
    """Return the tests of which a second mark may be given, in the order of the regulation.

    Raises `Regulation.DoesNotExist` without one.
    """
    lists = rulebook.load(speciality, session).decider.open_lists
    codes = {test.code for tests in lists for test in tests}
    return list(Test.objects.filter(speciality=speciality, code__in=codes).order_by("position"))


def given(entries: Sequence[Entry]) -> dict[Place, str]:
    """Return the second-round marks of these entries as they are typed: "12,50", "ABS"."""
    found = Mark.objects.filter(entry__in=entries, round=2)
    return {(mark.entry_id, mark.test_id): _typed(mark) for mark in found}


def write(
    cells: Mapping[Place, str],
    *,
    session: Session,
    entries: Mapping[int, Entry],
    tests: Mapping[int, Test],
    seen: Mapping[Place, str],
    by: User,
    confirmed: str = "",
) -> None:
    """Write the typed `cells`, in one transaction; an empty one takes its mark away.

    The results follow as after a single correction. `entries`, `tests`: those of the cells, by
    primary key; `seen`: the marks as they were shown. Raises `CellsRefused`, and errors of
    `corrections`, which takes `confirmed`; nothing is then written.
    """
    changed = sorted({entry for entry, _test in cells})
    reason = _("Notes du second tour, saisies dans la grille.")
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        lock_session(session)
        now = given(list(entries.values()))
        stale = [place for place in cells if now.get(place, "") != seen.get(place, "")]
        if stale:
            message = _("Cette note a changé depuis l’affichage de la page : relisez-la.")
            raise CellsRefused({place: [message] for place in stale})
        with corrections(changed, by=by, reason=reason, confirmed=confirmed):
            for entry, test in (place for place in cells if not cells[place]):
                Mark.objects.filter(entry=entry, test=test, round=2).delete()
            places, path = _file(cells, Path(folder), entries, tests)
            if not places:
                return
            log = ErrorLog(path, shown=len(cells) * 4)
            try:
                outcome = marks_import.stage_marks(
                    path, session=session, log=log, max_bytes=MAX_BYTES, progress=None
                )
            except ImportRefused:
                raise CellsRefused(_by_place(log, places)) from None
            finally:
                log.close()
            marks_import.write_marks(outcome)


def _file(
    cells: Mapping[Place, str],
    folder: Path,
    entries: Mapping[int, Entry],
    tests: Mapping[int, Test],
) -> tuple[dict[int, Place], Path]:
    """Write the cells as a file of marks; return the place of each of its lines, and its path."""
    path, places = folder / "notes.csv", {}
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["numero", "epreuve", "note", "etat", "tour"])
        for line, place in enumerate((one for one in cells if cells[one]), start=2):
            text, (entry, test) = cells[place].upper(), place
            mark, status = ("", text) if text in _ALSO else (text, "")
            rows.writerow([entries[entry].number, tests[test].code, mark, status, "2"])
            places[line] = place
    return places, path


def _by_place(log: ErrorLog, places: Mapping[int, Place]) -> dict[Place, list[str]]:
    found: dict[Place, list[str]] = {}
    for error in log.first():
        place = places.get(error.line) or next(iter(places.values()))
        found.setdefault(place, []).append(error.message)
    return found


def _typed(mark: Mark) -> str:
    if mark.value is None:
        return mark.status
    return f"{mark.value // 100},{mark.value % 100:02d}"
