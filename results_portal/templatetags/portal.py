"""Template filters and tags: numbers, dates and hours in the reader's language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
THIN = "\N{NARROW NO-BREAK SPACE}"
DAY_FORMATS = {"date": "j F Y", "datetime": "j F Y", "weekday": "l j F Y"}
DAY_FORMATS["weekday_datetime"] = DAY_FORMATS["weekday"]


@register.filter
def decimal(value: str | None, places: int | None = None) -> str:
    """Show a canonical decimal string with the reader's separators: "1015.60" is 1 015,60.

    With `places`, exactly that many decimals are shown; the rest is cut, never rounded.
    """
    if value is None:
        return ""
    whole, _point, fraction = str(value).partition(".")
    if places is not None:
        fraction = fraction[:places].ljust(places, "0")
    separator, between = (",", THIN) if _is_french() else (".", ",")
    sign = whole[:1] if whole[:1] in ("+", "-") else ""
    if len(whole) > 3 + len(sign):
        whole = sign + f"{int(whole[len(sign) :]):,}".replace(",", between)
    return f"{whole}{separator}{fraction}" if fraction else whole


@register.filter
def two_places(value: str | None) -> str:
    """Show a mark or points with two decimals or more: "13" is 13,00 in French; None is ""."""
    if value is None:
        return ""
    whole, _point, fraction = str(value).partition(".")
    return decimal(f"{whole}.{fraction.ljust(2, '0')}")


@register.filter
def isodate(value: str | date | None, form: str = "date") -> str:
    """Format an ISO string, a date or a datetime in the current time zone and language.

    `form` is "date" (2 juillet 2026), "datetime" (… à 10 h 00), "weekday" (jeudi 2 juillet 2026),
    "weekday_datetime" or "clock" (7 h 47).
    """
    if not value:
        return ""
    moment = _moment(value)
    if form == "clock":
        return _clock(moment)
    day = _day(moment, DAY_FORMATS[form])
    if form.endswith("datetime"):
        return _("%(day)s à %(hour)s") % {"day": day, "hour": _clock(moment)}
    return day


@register.filter
def instant(value: str | date) -> str:
    """Return an instant in the form that scripts read."""
    return _moment(value).isoformat()


@register.filter
def is_under(path: str, address: str) -> bool:
    """Whether a page's path is the address of a menu entry, or below it."""
    return path.startswith(address)


@register.filter
def is_past(day: str | date | None, at: datetime | None = None) -> bool:
    """Whether `day` is over in Paris; no day is not. `at` is now, unless given."""
    return day is not None and _date(day) < timezone.localdate(at)


@register.filter
def is_to_come(day: str | date | None, at: datetime | None = None) -> bool:
    """Whether `day` has not begun in Paris; no day is not to come. `at` is now, unless given."""
    return day is not None and _date(day) > timezone.localdate(at)


@register.filter
def plurality(number: str | int) -> int:
    """Return 1 where the reader's language says `number` in the singular, otherwise 2.

    French says "1,5 point" and "0 point"; English says "1.5 points" and "0 points".
    """
    count = abs(Decimal(number))
    return 1 if (count < 2 if _is_french() else count == 1) else 2


@register.filter
def points(number: str) -> str:
    """Say a number of points with its unit: "1,50 point", "12,00 points"."""
    return ngettext("%(number)s point", "%(number)s points", plurality(number)) % {
        "number": two_places(number)
    }


@register.filter
def of(name: str) -> str:
    """Say "of" a place: "d’Aix-Marseille", "de Rennes"; in English "of Rennes"."""
    if not _is_french():
        return f"of {name}"
    begins_with_vowel = unicodedata.normalize("NFD", name)[:1].upper() in set("AEIOU")
    return f"d’{name}" if begins_with_vowel else f"de {name}"


@register.filter
def french(text: str) -> str:
    """Mark `text` as French on a page in another language, for screen readers."""
    if _is_french() or not text:
        return text
    return format_html('<span lang="fr">{}</span>', text)


@register.filter
def countdown(end: datetime, now: datetime) -> str:
    """Say how long it is from `now` to `end`, in the two largest units that matter."""
    minutes = -(-(end - now) // timedelta(minutes=1))
    if minutes <= 1:
        return _("moins d’une minute")
    days, minutes_left = divmod(minutes, 24 * 60)
    hours, minutes_left = divmod(minutes_left, 60)
    if days:
        length = ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}
        return f"{length} {hours}{NBSP}h" if hours and days < 8 else length
    if hours:
        return f"{hours}{NBSP}h {minutes_left}{NBSP}min" if minutes_left else f"{hours}{NBSP}h"
    return f"{minutes_left}{NBSP}min"


@register.filter
def with_code(rows: Iterable[Mapping[str, Any]], code: str) -> Mapping[str, Any] | None:
    """Return the first of `rows`, or of their "parts", whose "code" is `code`; or None."""
    every = (one for row in rows for one in (row, *row.get("parts", ())))
    return next((one for one in every if one["code"] == code), None)


@register.filter
def where(rows: Iterable[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    """Return the `rows` whose value under `key` is true."""
    return [row for row in rows if row[key]]


@register.filter
def values(rows: Iterable[Mapping[str, Any]], key: str) -> set[Any]:
    """Return the distinct values of `rows` under `key`."""
    return {row[key] for row in rows}


@register.filter
def before(value: str, separator: str) -> str:
    """Return the text before the first `separator`: "ABSENT" in "ABSENT:U4"."""
    return value.partition(separator)[0]


@register.filter
def after(value: str, separator: str) -> str:
    """Return the text after the first `separator`: "U4" in "ABSENT:U4"."""
    return value.partition(separator)[2]


@register.simple_tag
def bar(value: str, threshold: str, scale: str = "20") -> SafeString:
    """Draw a number as a bar with a tick at the threshold, hidden from screen readers."""
    return format_html(
        '<svg class="portal-bar" viewBox="0 0 {0} 1" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">'
        '<rect class="portal-bar__ground" width="{0}" height="1"/>'
        '<rect class="portal-bar__value" width="{1}" height="1"/>'
        '<path class="portal-bar__tick" d="M{2} 0V1"/></svg>',
        scale,
        value,
        threshold,
    )


def _is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _moment(value: str | date) -> date:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def _date(day: str | date) -> date:
    moment = _moment(day)
    return moment.date() if isinstance(moment, datetime) else moment


def _day(moment: date, pattern: str) -> str:
    if _is_french() and moment.day == 1:
        pattern = pattern.replace("j", r"1\e\r")
    return dateformat.format(moment, pattern)


def _clock(moment: date) -> str:
    return dateformat.format(moment, f"G{NBSP}\\h{NBSP}i" if _is_french() else "H:i")
