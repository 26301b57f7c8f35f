"""Who of the staff was shown what about candidates: a row for each page, before it is sent.

    readings.saw(request, Reading.What.ENTRY, entries=[entry.pk])

The view calls this when it knows that the page may be seen. If the row cannot be written, it fails,
and nothing is shown.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from candidates.models import Reading, Session

_public: dict[str, Callable[[Any], Any]] = {}


def register(
    *,
    entries: Callable[[Collection[int]], set[int]],
    session: Callable[[Session], bool],
) -> None:
    """Have it said of which entries (keys) and of which session every mark is public now."""
    _public.update(entries=entries, session=session)


def saw(
    request: Any,
    what: Reading.What,
    *,
    entries: Iterable[int] = (),
    session: Session | None = None,
) -> None:
    """Keep that the user of a request is shown `entries` (keys), or a file of a whole `session`."""
    keys = {*entries}
    early = bool(_not_public(keys)) or bool(session and not _public["session"](session))
    _write(request, what, keys, session=session, before_release=early)


def saw_list(request: Any, entries: Iterable[int]) -> None:
    """Keep which entries of a list of results are shown before their hour; nothing if none is."""
    if keys := _not_public({*entries}):
        _write(request, Reading.What.LIST, keys, before_release=True)


def _write(request: Any, what: Reading.What, keys: set[int], **values: Any) -> None:
    Reading.objects.create(user_id=request.user.pk, what=what, entries=sorted(keys), **values)


def _not_public(keys: set[int]) -> set[int]:
    return keys - _public["entries"](keys) if keys else keys
