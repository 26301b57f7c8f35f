"""The pages that identification may lead to: each app registers its own in `ready()`."""

from django.utils.functional import Promise

_purposes: dict[str, str | Promise] = {}


def register(url_name: str, purpose: str | Promise) -> None:
    """Let identification lead to the page `url_name`; `purpose` says what one does there."""
    _purposes[url_name] = purpose


def purpose_of(url_name: str) -> str | Promise | None:
    """Return what one does on the page `url_name`, or None: identification does not lead there."""
    return _purposes.get(url_name)
