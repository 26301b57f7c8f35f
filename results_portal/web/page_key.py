"""Part of a cache key that all pages share."""

from collections.abc import Hashable
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.translation import get_language


def language_and_office() -> tuple[Hashable, ...]:
    """Return the values that every page shows: its language and the settings of the office."""
    return get_language(), *_office()


@cache
def _office() -> tuple[Hashable, ...]:
    return (
        settings.SITE_NAME,
        settings.OFFICE_NAME,
        settings.OFFICE_ADDRESS,
        settings.OFFICE_CITY,
        settings.OFFICE_EMAIL,
        settings.OFFICE_TELEPHONE,
        settings.OFFICE_TRIBUNAL,
        *settings.REGISTRATION_SITES.items(),
        *settings.NEXT_STEPS_LINKS,
        settings.STATE_BRAND,
        settings.STATE_FONT,
    )


@receiver(setting_changed)
def _another_office(**_changed: Any) -> None:
    """Forget the office; only tests change settings."""
    _office.cache_clear()
