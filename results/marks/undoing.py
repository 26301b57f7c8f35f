"""Results that hold an import of entries or marks, which is then not taken back."""

from collections.abc import Callable

from django.utils.translation import ngettext

from candidates.file_imports.kinds import rows, telling
from candidates.models import Entry, FileImport


def holds_marks(row: FileImport) -> list[str]:
    return _decided(row)


def holds_entries(row: FileImport) -> list[str]:
    return _decided(row) + _marked(row)


def follow_entries(row: FileImport) -> Callable[[], object]:
    """Have the scheduled results of the same people, in other sessions too, show their names."""
    keys = [pk for (pk,) in rows(_CHANGED, {"row": row.pk})]
    return telling(Entry, Entry.objects.filter(pk__in=keys))


def _decided(row: FileImport) -> list[str]:
    ((count,),) = rows(_DECIDED, {"row": row.pk, "session": row.session_id})
    if not count:
        return []
    return [
        ngettext(
            "%(n)d candidat de cet import est déjà délibéré : corrigez par un autre fichier.",
            "%(n)d candidats de cet import sont déjà délibérés : corrigez par un autre fichier.",
            count,
        )
        % {"n": count}
    ]


def _marked(row: FileImport) -> list[str]:
    ((count,),) = rows(_MARKED, {"row": row.pk})
    if not count:
        return []
    return [
        ngettext(
            "%(n)d candidat a déjà des notes dans ce que le fichier lui fait présenter : annulez "
            "d’abord l’import des notes.",
            "%(n)d candidats ont déjà des notes dans ce que le fichier leur fait présenter : "
            "annulez d’abord l’import des notes.",
            count,
        )
        % {"n": count}
    ]


_OF_ENTRIES = """
SELECT key::bigint FROM candidates_writtenrow
WHERE file_import_id = %(row)s AND relation = 'candidates_entry'
"""
_OF_PEOPLE = """
SELECT key::bigint FROM candidates_writtenrow
WHERE file_import_id = %(row)s AND relation = 'candidates_candidate'
"""

_DECIDED = f"""
SELECT count(*) FROM candidates_entry AS entry
WHERE entry.session_id = %(session)s
    AND EXISTS (SELECT FROM results_decision WHERE entry_id = entry.id)
    AND entry.id IN (
        {_OF_ENTRIES}
        UNION SELECT id FROM candidates_entry WHERE candidate_id IN ({_OF_PEOPLE})
        UNION SELECT entry_id FROM results_mark WHERE id IN (
            SELECT key::bigint FROM candidates_writtenrow
            WHERE file_import_id = %(row)s AND relation = 'results_mark'
        )
    )
"""

# Entries that the import changed in what they are marked for, and that have marks.
_MARKED = """
SELECT count(*) FROM candidates_writtenrow AS written
JOIN candidates_entry AS entry ON entry.id = written.key::bigint
CROSS JOIN jsonb_populate_record(NULL::candidates_entry, written.former) AS former
WHERE written.file_import_id = %(row)s AND written.relation = 'candidates_entry'
    AND written.former IS NOT NULL
    AND (entry.speciality_id, entry.status, entry.form, entry.units, entry.subjects)
        IS DISTINCT FROM
        (former.speciality_id, former.status, former.form, former.units, former.subjects)
    AND EXISTS (SELECT FROM results_mark WHERE entry_id = entry.id)
"""

_CHANGED = f"""
SELECT id FROM candidates_entry WHERE id IN ({_OF_ENTRIES} AND former IS NOT NULL)
UNION SELECT id FROM candidates_entry
WHERE candidate_id IN ({_OF_PEOPLE} AND former IS NOT NULL)
ORDER BY 1
"""
