"""What every page may show of the office that runs the portal."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the names and addresses of the office, and which State signs it may carry.

    The name that the site has unless it is given another one is translated.
    """
    return {
        "site_name": _(settings.SITE_NAME),
        "office_name": settings.OFFICE_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "office_address": [*lines(settings.OFFICE_ADDRESS), settings.OFFICE_CITY],
        "state_brand": lines(settings.STATE_BRAND),
        "state_font": settings.STATE_FONT,
    }


def lines(text: str) -> list[str]:
    """Return the lines of a setting written on one line with bars: "a|b" is ["a", "b"]."""
    return [line.strip() for line in text.split("|") if line.strip()]
