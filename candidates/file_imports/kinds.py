"""The kinds of files that the admin imports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from candidates.imports import import_schools
from results_portal.imports.staging import ImportOutcome

MOST_SHOWN = 50  # rows that change

Change = tuple[int, str, str]  # line of the file, whose it is, what changes


@dataclass(frozen=True)
class FileKind:
    """A kind of file. `right`: the permission that its import takes.

    `load(path, session=…, log=…, …)` is the function of the command. `compared` is SQL for a text
    of each row that is new or differs, `changes()` returns the first rows that differ and `notes()`
    sentences about them; all three read the table that `load` has just filled.
    `of_session` is false for what sessions share.
    """

    name: str
    label: str | Promise
    columns: str
    right: str
    load: Callable[..., ImportOutcome]
    compared: str
    changes: Callable[[], list[Change]]
    notes: Callable[[], list[str]] = list
    of_session: bool = True

    def digest(self) -> str:
        """Return a text that stands for the rows that are new or differ, in any order."""
        (found,) = rows(
            "SELECT count(*), coalesce(sum(hashtextextended(line, 0)), 0)"
            f" FROM ({self.compared}) AS compared (line)"
        )
        return f"{found[0]}:{found[1]}"


def rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


_kinds: dict[str, FileKind] = {}


def register(kind: FileKind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> FileKind:
    return _kinds[name]


def open_to(user: Any) -> list[FileKind]:
    """Return the kinds that someone may import."""
    return [kind for kind in _kinds.values() if user.has_perm(kind.right)]


def _load_schools(path, *, session, saving, **reading):
    return import_schools(path, **reading)


def _changed_schools() -> list[Change]:
    return rows(
        "SELECT line, uai, array_to_string(changes, ', ') FROM matched_school"
        f" WHERE NOT is_new AND changes <> '{{}}' ORDER BY line LIMIT {MOST_SHOWN}"
    )


SCHOOLS = FileKind(
    "schools",
    _("établissements"),
    "uai;nom;secteur;adresse;code_postal;ville;academie",
    "candidates.add_school",
    _load_schools,
    "SELECT concat_ws('|', line, uai, is_new, changes) FROM matched_school"
    " WHERE is_new OR changes <> '{}'",
    _changed_schools,
    of_session=False,
)
