"""Entries and marks as files that the admin imports; results limit both."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidates.file_imports import kinds
from candidates.file_imports.kinds import MOST_SHOWN, Change, FileKind, Written, rows
from candidates.freeze import ReleaseOpened
from candidates.imports import import_entries
from candidates.imports.entry_merge import BIRTH_DATE_CORRECTED
from candidates.jobs.work import JobRefused
from candidates.models import Candidate, Entry, FileImport
from results.marks import undoing, verdict_changes
from results.marks.announced import ANNOUNCED
from results.marks.marks_correction import correct_marks
from results.marks.marks_import import import_marks
from results.models import VERDICT_LABELS, Mark, Release, Verdict
from results.publication.release import ReleaseRefused


def register() -> None:
    kinds.register(ENTRIES)
    kinds.register(MARKS)
    kinds.register(CORRECTIONS)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ReleaseRefused as refused:
        raise JobRefused(refused.problems) from refused
    except ReleaseOpened as opened:
        raise JobRefused([str(opened)]) from opened


def _load_entries(path, **reading):
    with _refusals():
        return import_entries(path, announced=ANNOUNCED, **reading)


def _load_marks(path, *, matched, dry_run, **reading):
    found = {}

    def look():
        matched()
        if dry_run:
            found.update(verdict_changes.rehearsed())

    with _refusals():
        outcome = import_marks(path, matched=look, dry_run=dry_run, **reading)
    outcome.effects = found
    return outcome


def _load_corrections(path, **reading):
    with _refusals():
        outcome = correct_marks(path, **reading)
    del outcome.notes[1 : 1 + outcome.effects.get("total", 0)]  # the page has them in a table
    return outcome


def _changes_what_is_scheduled(row: FileImport) -> bool:
    """Whether marks change decisions while results of their session wait for their hour."""
    changed = row.report.get("effects", {}).get("total", 0)
    return bool(changed) and Release.objects.upcoming().filter(session=row.session_id).exists()


def _changed_entries() -> list[Change]:
    return rows(
        "SELECT line, number, array_to_string(changes, ', ') FROM matched_entry"
        f" WHERE NOT is_new AND changes <> '{{}}' ORDER BY line LIMIT {MOST_SHOWN}"
    )


def _entries_of_another_session() -> list[str]:
    """Return a warning when new numbers are those of the same people in another session."""
    found = rows(_ENTERED_ELSEWHERE)
    return [
        ngettext(
            "%(n)d de ces numéros est celui de la même personne à la session %(session)s : "
            "est-ce le bon fichier ?",
            "%(n)d de ces numéros sont ceux des mêmes personnes à la session %(session)s : "
            "est-ce le bon fichier ?",
            count,
        )
        % {"n": count, "session": session}
        for session, count in found
    ]


def _changed_marks() -> list[Change]:
    return [
        (line, number, _mark_change(test, round, before, after, verdict))
        for line, number, test, round, before, after, verdict in _read_changed_marks()
    ]


def _read_changed_marks():
    for line, number, test, round, *marks, verdict in rows(_CHANGED_MARKS):
        yield line, number, test, round, marks[:3], marks[3:], verdict


def _mark_change(test, round, before, after, verdict):
    words = {"test": test, "before": _mark(*before), "after": _mark(*after)}
    said = _("%(test)s : %(before)s → %(after)s") % words
    if round == 2:
        said = _("second tour, %s") % said
    if verdict:
        label = VERDICT_LABELS[Verdict(verdict)]
        said += _(" ; décision actuelle : %s") % label
    return said


def _mark(value, status, origin):
    label = str(Mark.Status(status).label) if status else ""
    if value is None:
        return label or "—"
    shown = number_format(value / 100, decimal_pos=2)
    return f"{shown} ({label} {origin})" if status else shown


def _decided_already() -> list[str]:
    ((count,),) = rows(_DECIDED)
    if not count:
        return []
    return [
        ngettext(
            "%(n)d candidat dont une note change est déjà délibéré : délibérez de nouveau.",
            "%(n)d candidats dont une note change sont déjà délibérés : délibérez de nouveau.",
            count,
        )
        % {"n": count}
    ]


_CHANGED_MARKS = f"""
SELECT matched.line, entry.number, test.code, matched.round,
    mark.value, mark.status, mark.origin, matched.value, matched.status, matched.origin,
    (SELECT decision.verdict FROM results_decision AS decision
    WHERE decision.entry_id = entry.id ORDER BY decision.round DESC LIMIT 1)
FROM matched_mark AS matched
JOIN results_mark AS mark ON mark.id = matched.mark_id
JOIN candidates_entry AS entry ON entry.id = matched.entry_id
JOIN results_test AS test ON test.id = matched.test_id
WHERE matched.changes <> '{{}}' ORDER BY matched.line LIMIT {MOST_SHOWN}
"""

_DECIDED = """
SELECT count(DISTINCT matched.entry_id) FROM matched_mark AS matched
JOIN results_decision AS decision ON decision.entry_id = matched.entry_id
WHERE matched.is_new OR matched.changes <> '{}'
"""

_ENTERED_ELSEWHERE = """
SELECT session.code, count(*)
FROM matched_entry AS matched
JOIN candidates_entry AS entry ON entry.number = matched.number
JOIN candidates_candidate AS person ON person.id = entry.candidate_id
JOIN candidates_session AS session ON session.id = entry.session_id
WHERE matched.is_new AND person.birth_date = matched.birth_date
    AND person.birth_name = matched.birth_name
GROUP BY session.code ORDER BY session.code
"""

ENTRIES = FileKind(
    "entries",
    gettext_lazy("inscriptions"),
    "numero;ine;nom;nom_usage;prenoms;date_naissance;lieu_naissance;courriel;adresse1;…;specialite",
    "candidates.import_entries",
    _load_entries,
    "SELECT concat_ws('|', line, number, is_new, changes) FROM matched_entry"
    " WHERE is_new OR changes <> '{}'",
    _changed_entries,
    _entries_of_another_session,
    writes=(
        Written(
            Candidate,
            "SELECT candidate_id FROM matched_entry WHERE person_changes <> '{}'",
            "SELECT DISTINCT candidate_id FROM matched_entry WHERE is_new_person",
        ),
        Written(
            Entry,
            f"""
            SELECT entry_id FROM matched_entry WHERE entry_changes <> '{{}}' OR new_code
            UNION SELECT id FROM ({BIRTH_DATE_CORRECTED}) AS followed
            """,
            """
            SELECT entry.id FROM matched_entry AS matched JOIN candidates_entry AS entry
                ON entry.session_id = %(session)s AND entry.number = matched.number
            WHERE matched.is_new
            """,
        ),
    ),
    holds=undoing.holds_entries,
    follow=undoing.follow_entries,
)
_COMPARED_MARKS = """
SELECT concat_ws('|', matched.line, matched.entry_id, matched.is_new, matched.changes,
    mark.value, mark.status, mark.origin)
FROM matched_mark AS matched LEFT JOIN results_mark AS mark ON mark.id = matched.mark_id
WHERE matched.is_new OR matched.changes <> '{}'
"""
_COLUMNS_OF_MARKS = "numero;epreuve;note;etat;tour;session_origine"
MARKS = FileKind(
    "marks",
    gettext_lazy("notes"),
    _COLUMNS_OF_MARKS,
    "candidates.import_marks",
    _load_marks,
    _COMPARED_MARKS,
    _changed_marks,
    _decided_already,
    writes=(
        Written(
            Mark,
            "SELECT mark_id FROM matched_mark WHERE changes <> '{}'",
            "SELECT mark.id FROM matched_mark AS matched"
            " JOIN results_mark AS mark USING (entry_id, test_id, round) WHERE matched.is_new",
        ),
    ),
    holds=undoing.holds_marks,
    by_two=_changes_what_is_scheduled,
)
CORRECTIONS = FileKind(
    "corrections",
    gettext_lazy("corrections de notes, après la publication"),
    _COLUMNS_OF_MARKS,
    "results.correct_result",
    _load_corrections,
    _COMPARED_MARKS,
    _changed_marks,
    reasoned=True,
    by_two=lambda row: True,
)
