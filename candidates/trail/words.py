"""Values, pages and authors of the journal, in words."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidates.history import BY_AGREEMENT, BY_CANDIDATE, BY_REPRESENTATIVE

NOTHING = "—"
Change = tuple[str, str, str]


def text(value: Any, labels: Mapping[Any, Any] | None = None) -> str:
    """Return a value of a column in words; `labels` are its choices, or names of rows."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "d/m/Y H:i")
    if isinstance(value, datetime.date):
        return date_format(value, "d/m/Y")
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str((labels or {}).get(value, value))


def name_of(row: Any, column: str) -> str:
    """Return the name of a column of a row."""
    return capfirst(str(row._meta.get_field(column).verbose_name))


def differing(
    pairs: Sequence[tuple[Any, Any]], texts: Callable[[Sequence[Any]], Sequence[Mapping[str, str]]]
) -> list[list[Change]]:
    """Return of each pair of states of a row the texts that differ; None: there was no row."""
    states = [state for pair in pairs for state in pair if state is not None]
    told = iter(texts(states))
    both = [[{} if state is None else next(told) for state in pair] for pair in pairs]
    return [
        [
            (name, old.get(name, NOTHING), new.get(name, NOTHING))
            for name in {**old, **new}
            if old.get(name) != new.get(name)
        ]
        for old, new in both
    ]


def differing_columns(pairs: Sequence[tuple[Any, Any]]) -> list[list[Change]]:
    """Return of each pair of states of a row the columns that differ, in words.

    One query for each table that a changed column refers to.
    """
    found = [list(_differing(*pair)) for pair in pairs]
    names = _names(found)

    def change(column: Any, was: Any, now: Any) -> Change:
        labels = names.get(column.name) or dict(column.choices or ())
        return capfirst(str(column.verbose_name)), text(was, labels), text(now, labels)

    return [[change(*each) for each in changes] for changes in found]


def _differing(before: Any, after: Any) -> Iterable[tuple[Any, Any, Any]]:
    for column in (before or after)._meta.concrete_fields:
        if column.name == "id" or column.name.startswith("pgh_"):
            continue
        was, now = (state and getattr(state, column.attname, None) for state in (before, after))
        if was != now and text(was) != text(now):
            yield column, was, now


def _names(found: Iterable[Iterable[tuple[Any, Any, Any]]]) -> dict[str, dict[Any, str]]:
    """Return the rows that changed columns refer to, by column and key."""
    keys: dict[Any, set[Any]] = defaultdict(set)
    for changes in found:
        for column, was, now in changes:
            if column.related_model:
                keys[column] |= {was, now} - {None}
    return {
        column.name: {
            key: str(row) for key, row in column.related_model._base_manager.in_bulk(of).items()
        }
        for column, of in keys.items()
    }


def author(user: Any, context: Mapping[str, Any]) -> str:
    """Return who did something: an account, a candidate online, or a command."""
    online = {
        BY_CANDIDATE: _("candidat, en ligne"),
        BY_REPRESENTATIVE: _("représentant légal, en ligne"),
        BY_AGREEMENT: _("candidat, en ligne, son représentant légal étant d’accord"),
    }
    if context.get("by") in online:
        return online[context["by"]]
    if user:
        return str(user.get_full_name() or user.get_username())
    if context.get("system_user"):
        return _("compte du système %(name)s") % {"name": context["system_user"]}
    return NOTHING


def way(context: Mapping[str, Any]) -> str:
    """Return by which command, task or page something was done; "" where it is not known."""
    if command := context.get("command"):
        return _("commande « %(command)s »") % {"command": command}
    if job := context.get("job"):
        return _("tâche n° %(number)s") % {"number": job}
    return page(context.get("url") or "")


def page(address: str) -> str:
    """Return the name of a page of the staff: its table, and what it does there."""
    try:
        name = resolve(address).url_name or ""
    except Resolver404:
        return address
    for model in admin.site._registry:
        table = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(table):
            does = name.removeprefix(table)
            row = does in ("change", "changelist", "add", "delete")
            last = "" if row else f", {address.rstrip('/').rpartition('/')[2]}"
            return _("page « %(name)s »") % {"name": f"{model._meta.verbose_name}{last}"}
    return address
