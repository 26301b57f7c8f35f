"""Template context of every page: who is identified."""

from __future__ import annotations

from django.http import HttpRequest

from candidates.identification import cookie


def visitor(request: HttpRequest) -> dict[str, object]:
    """Return the visit of this browser, from its cookie alone; None where nobody is identified."""
    return {"visitor": cookie.identified(request)}
