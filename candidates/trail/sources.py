"""Where the lines of the journal come from: each source is a table, read newest first.

The apps register theirs in `ready()`. A source says which rows are about candidates, or whose they
are, and puts rows into words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.history import CREATED, DELETED
from candidates.models import CommandRun, Reading
from candidates.trail import words

Words = str | Promise


@dataclass(frozen=True)
class TrailLine:
    """A line of the journal. `changes`: of each value its name, and its text before and after.

    `user`: the key of the account; `context`: what pghistory kept of the change's request; `entry`
    and `candidate`: the keys of whom it is about, where it is one.
    """

    at: datetime
    what: Words
    user: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    entry: int | None = None
    candidate: int | None = None
    entries: Sequence[int] = ()
    changes: Sequence[tuple[str, str, str]] = ()
    said: Words = ""
    before_release: bool = False


@dataclass(frozen=True)
class Whom:
    """The candidates that are looked for: keys of theirs, of their entries and their sessions."""

    candidates: Collection[int]
    entries: Collection[int]
    sessions: Collection[int]


@dataclass(frozen=True, kw_only=True)
class TrailTable:
    """A table of the trail.

    `at`, `user`: columns (or lookups) of when and by whom; `user` None: rows have no account.
    `about(whom)` is the condition of rows about candidates; None: no row is about a candidate.
    `lines(rows)` puts rows into words, in their order, with a bounded number of queries.
    """

    name: str
    label: Words
    model: type[Model]
    lines: Callable[[Sequence[Any]], Iterable[TrailLine]]
    at: str = "pgh_created_at"
    user: str | None = "pgh_context__user"
    about: Callable[[Whom], Q] | None = None
    of_accounts: bool = False
    condition: Q = field(default_factory=Q)

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.condition)


_sources: dict[str, TrailTable] = {}


def register(*sources: TrailTable) -> None:
    _sources.update({source.name: source for source in sources})


def every() -> list[TrailTable]:
    """Return the sources in the order of registration."""
    return list(_sources.values())


def get(name: str) -> TrailTable:
    return _sources[name]


Texts = Callable[[Sequence[Any]], Sequence[Mapping[str, str]]]


def history(
    model: type[Model],
    label: Words,
    *,
    about: Callable[[Whom], Q] | None = None,
    entry: str | None = None,
    candidate: str | None = None,
    texts: Texts | None = None,
    named: Callable[[Any], str] = lambda row: "",
    **values: Any,
) -> TrailTable:
    """Return the source of what `kept_in_history` keeps of a model.

    `entry`, `candidate`: the columns with their keys; `named(row)`: the name of the row itself.
    `texts(rows)` puts the values of each row into words, by their names, with a bounded number of
    queries; without it, each column is a value.
    """
    events: Any = model.pgh_event_model  # type: ignore[attr-defined]

    def lines(rows: Sequence[Any]) -> Iterable[TrailLine]:
        pairs = list(_with_states_after(events, rows))
        changed = words.differing(pairs, texts) if texts else words.differing_columns(pairs)
        for row, changes in zip(rows, changed, strict=True):
            yield TrailLine(
                row.pgh_created_at,
                _fate(f"{label} {named(row)}".strip(), row, changes),
                user=(row.pgh_context or {}).get("user"),
                context=row.pgh_context or {},
                entry=getattr(row, entry) if entry else None,
                candidate=getattr(row, candidate) if candidate else None,
                changes=changes,
            )

    return TrailTable(
        name=model._meta.model_name or "",
        label=label,
        model=events,
        lines=lines,
        about=about,
        **values,
    )


def _fate(label: str, row: Any, changes: Sequence[Any]) -> str:
    name = capfirst(label)
    if row.pgh_label == CREATED:
        return _("%(what)s : création") % {"what": name}
    if row.pgh_label == DELETED:
        return _("%(what)s : suppression") % {"what": name}
    if row.pgh_label.startswith("new_"):
        return _("%(what)s : nouveau mot de passe") % {"what": name}
    if hasattr(row, "last_login") and [c[0] for c in changes] == [words.name_of(row, "last_login")]:
        return _("%(what)s : connexion") % {"what": name}
    return name


def _with_states_after(events: Any, rows: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Yield the states of each row before and after an event; None: there was none.

    Three queries at the most.
    """
    later = events.objects.filter(id=OuterRef("id"), pgh_id__gt=OuterRef("pgh_id"))
    following = dict(
        events.objects.filter(pk__in=[row.pk for row in rows])
        .order_by()
        .values_list("pk", Subquery(later.order_by("pgh_id").values("pgh_id")[:1]))
    )
    next_events = events.objects.in_bulk({key for key in following.values() if key})
    last = {row.id for row in rows if not following.get(row.pk)}
    present = events.pgh_tracked_model._base_manager.in_bulk(last) if last else {}
    for row in rows:
        after = next_events.get(following.get(row.pk)) or present.get(row.id)
        if row.pgh_label == CREATED:
            yield None, row
        elif row.pgh_label == DELETED:
            yield row, None
        else:
            yield row, after or row


def _readings(rows: Sequence[Reading]) -> Iterable[TrailLine]:
    for row in rows:
        of = f", {row.session.code}" if row.session else ""
        yield TrailLine(
            row.at,
            _("Vu : %(page)s") % {"page": f"{row.words}{of}"},
            user=row.user_id,
            entry=row.entries[0] if len(row.entries) == 1 else None,
            entries=row.entries,
            before_release=row.before_release,
        )


def _commands(rows: Sequence[CommandRun]) -> Iterable[TrailLine]:
    for row in rows:
        by = {"command": row.command, "system_user": row.system_user}
        yield TrailLine(row.at, _("Commande lancée"), context=by)


def _deeds(rows: Sequence[LogEntry]) -> Iterable[TrailLine]:
    for row in rows:
        of_entry = row.content_type and row.content_type.model == "entry"
        about = capfirst(row.content_type.name) if row.content_type else ""
        yield TrailLine(
            row.action_time,
            f"{about} {row.object_repr}" if not of_entry else about,
            user=row.user_id,
            entry=int(row.object_id) if of_entry and row.object_id else None,
            said=row.get_change_message() or str(row.get_action_flag_display()),
        )


def _seen(whom: Whom) -> Q:
    of_session = Q(session__in=whom.sessions, entries=[])
    return Q(entries__overlap=list(whom.entries)) | of_session


def _done(whom: Whom) -> Q:
    entries = Q(content_type__model="entry", object_id__in=[str(key) for key in whom.entries])
    people = [str(key) for key in whom.candidates]
    return entries | Q(content_type__model="candidate", object_id__in=people)


READINGS = TrailTable(
    name="readings",
    label=gettext_lazy("pages vues"),
    model=Reading,
    lines=_readings,
    at="at",
    user="user_id",
    about=_seen,
)
COMMANDS = TrailTable(
    name="commands",
    label=gettext_lazy("commandes"),
    model=CommandRun,
    lines=_commands,
    at="at",
    user=None,
)
_OF_ACCOUNTS = Q(content_type__app_label="auth")
DEEDS = TrailTable(
    name="deeds",
    label=gettext_lazy("gestes dans l’administration"),
    model=LogEntry,
    lines=_deeds,
    at="action_time",
    user="user_id",
    about=_done,
    # Changes of candidates and accounts are in their own history.
    condition=~_OF_ACCOUNTS & ~Q(content_type__model="candidate"),
)
