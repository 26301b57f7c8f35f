"""The kinds of editions, registered by the apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from candidates.models import Session
from results_portal.tabular import tables

Words = str | Promise


@dataclass(frozen=True)
class Order:
    """What is asked for: the files of a session, with `options`, to be written into `folder`.

    `progress(step)` returns the `progress(done, total)` of a step. What an attempt of a worker that
    died has left in `folder` is still there.
    """

    session: Session
    folder: Path
    options: Mapping[str, Any]
    progress: Callable[[str], Callable[[int, int], None]]


@dataclass(frozen=True)
class Made:
    """What came of it: sentences for the page, and whether some of them want to be read."""

    sentences: Iterable[Words] = field(default_factory=list)
    warned: bool = False


@dataclass(frozen=True)
class EditionKind:
    """A kind of edition. `right`: the permission that it takes, to ask for it and to download it.

    `make(order)` writes the files; it may raise `JobRefused`. `stem` begins the name of the file.
    `file_refused(session, made_at)` says why a file made then is given no more; "" where it is.
    `form(data, session=…)` is the form of its options, whose `cleaned_data` are values of JSON;
    without one there are none. `on_page` is false for what another page asks for.
    """

    name: str
    label: Words
    note: Words
    stem: str
    right: str
    make: Callable[[Order], Made]
    form: Callable[..., forms.Form] | None = None
    on_page: bool = True
    file_refused: Callable[[Session, datetime], Words] | None = None


class TableForm(forms.Form):
    """Form of the format of a table: the suffix of its file."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(tables.XLSX, gettext_lazy("tableur (XLSX)")), (tables.CSV, "CSV")],
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


_kinds: dict[str, EditionKind] = {}


def register(kind: EditionKind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> EditionKind:
    return _kinds[name]


def find(name: str) -> EditionKind | None:
    return _kinds.get(name)


def open_to(user: Any) -> list[EditionKind]:
    """Return the kinds of the page that someone may ask for, in the order of registration."""
    return [kind for kind in _kinds.values() if kind.on_page and user.has_perm(kind.right)]
