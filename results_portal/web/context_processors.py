"""Template context of every page: the office that runs the portal."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from results_portal.office.contact import lines


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the names and addresses of the office, and which signs of the State it may use.

    The default name of the site is translated.
    """
    return {
        "site_name": _(settings.SITE_NAME),
        "office_name": settings.OFFICE_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "office_address": [*lines(settings.OFFICE_ADDRESS), settings.OFFICE_CITY],
        "state_brand": lines(settings.STATE_BRAND),
        "state_font": settings.STATE_FONT,
    }
