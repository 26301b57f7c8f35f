"""What the log may say: few lines however many requests fail alike, and no secret of an address.

Settings name these; no logging of ours needs them.
"""

import logging
import re
import time
from typing import Any

from django.db import InterfaceError, OperationalError

# Parts of addresses that open a document or an account, or stop somebody's e-mails.
_SECRET = re.compile(r"(/(?:verifier|courriels|invitation/[^/\s]+)/)[^/?\s\"'>]+")


def without_secrets(text: str) -> str:
    """Return `text` without the codes and keys that addresses of the portal carry."""
    return _SECRET.sub(r"\1…", text)


class Line(logging.Formatter):
    """Formatter of the log's lines, which leaves codes and keys out."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class OncePerSecond(logging.Filter):
    """Logging filter that passes one record a second, bare, of what many requests cause.

    Those are errors of the database, which all say the same, and requests that no browser sends
    (`django.security`: a wrong Host, a form from elsewhere).
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (OperationalError, InterfaceError)):
            record.msg, record.args = (
                "the database is away or too slow: %s",
                (type(error).__name__,),
            )
            kind = "database"
        elif record.name.startswith("django.security."):
            kind = record.name
        else:
            return True
        record.exc_info, record.exc_text = None, None
        now = time.monotonic()
        if now - self._said_at.get(kind, -1) < 1:
            return False
        self._said_at[kind] = now
        return True


def report(event: dict[str, Any], _hint: Any) -> dict[str, Any]:
    """Return an event for Sentry without the codes and keys that its texts hold."""
    cleaned: dict[str, Any] = _cleaned(event)
    return cleaned


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(one) for one in value]
    return value
