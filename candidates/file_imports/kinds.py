"""The kinds of files that the admin imports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from candidates.imports import import_schools
from candidates.models import Entry, FileImport, School
from candidates.signals import entries_changed
from results_portal.imports.staging import ImportOutcome

MOST_SHOWN = 50  # rows that change

Change = tuple[int, str, str]  # line of the file, whose it is, what changes


@dataclass(frozen=True)
class Written:
    """Rows of one table that an import writes, told by SQL for their keys.

    `changed` is asked when the table of `load` is filled, `created` when everything is written.
    Both may use `%(session)s`.
    """

    model: type[Model]
    changed: str
    created: str


@dataclass(frozen=True)
class FileKind:
    """A kind of file. `right`: the permission that its import takes.

    `load(path, session=…, log=…, …)` is the function of the command. `compared` is SQL for a text
    of each row that is new or differs, `changes()` returns the first rows that differ and `notes()`
    sentences about them; all three read the table that `load` has just filled.
    `of_session` is false for what sessions share, `reasoned` true for what takes a reason,
    `by_two(row)` whether one person proposes what was checked and another approves it.

    An import can be taken back where `writes` tells what it writes, each table after those that it
    refers to. `holds(row)` returns why not, a sentence for each reason; `follow(row)` what to call
    once the rows are as they were. Both read `WrittenRow`.
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
    reasoned: bool = False
    by_two: Callable[[FileImport], bool] = lambda row: False
    writes: tuple[Written, ...] = ()
    holds: Callable[[FileImport], list[str]] = lambda row: []
    follow: Callable[[FileImport], Callable[[], object]] = lambda row: lambda: None

    @property
    def column_names(self) -> list[str]:
        return self.columns.split(";")

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


def _tell_entries_of_schools(row: FileImport) -> Callable[[], object]:
    """Have scheduled results show their school as it was, as an import does."""
    keys = row.written.filter(former__isnull=False).values("key")
    return telling(School, Entry.objects.filter(school__in=keys))


def telling(sender: type[Model], entries: Any) -> Callable[[], object]:
    """Return what tells, later, that these entries have changed."""
    entry_ids = list(entries.order_by("pk").values_list("pk", flat=True))
    return lambda: (
        entry_ids and entries_changed.send(sender=sender, entry_ids=entry_ids, confirmed="")
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
    writes=(
        Written(
            School,
            "SELECT uai FROM matched_school WHERE NOT is_new AND changes <> '{}'",
            "SELECT uai FROM matched_school WHERE is_new",
        ),
    ),
    follow=_tell_entries_of_schools,
)
