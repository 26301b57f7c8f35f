"""Calendar file (RFC 5545) of the hours of coming releases. No personal data in it."""

from datetime import UTC, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from results.document.exams import exam
from results.models import Release

CONTENT_TYPE = "text/calendar; charset=utf-8"

_LINE = 75  # octets, the line end apart
_LENGTH = timedelta(minutes=30)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(*, lookup_url, at=None):
    """Return the file: one event for each session, round and coming hour.

    An event keeps its identifier when its hour moves, so that a subscribed calendar moves it too.
    """
    at = at or timezone.now()
    events = [_event(releases, lookup_url, at) for releases in _grouped(at)]
    return file_of(events, name=_(settings.SITE_NAME))


def file_of(events, *, name):
    """Return a calendar file of `events`, each a list of lines, under a name."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escaped(settings.SITE_NAME)}//FR",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        *chain.from_iterable(events),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def whole_days(*, uid, first, last, title, details, place="", url="", at=None):
    """Return the lines of an event from the day `first` to `last`, both included."""
    end = last + timedelta(days=1)
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@{settings.OFFICE_SITE}",
        f"DTSTAMP:{_instant(at or timezone.now())}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end:%Y%m%d}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(chr(10).join(details))}",
        *([f"LOCATION:{escaped(place)}"] if place else []),
        *([f"URL:{url}"] if url else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _grouped(at):
    releases = (
        Release.objects.for_visitors()
        .upcoming(at)
        .select_related("session", "speciality")
        .order_by("opens_at", "session__code", "round", "speciality__code")
    )
    grouped: dict[tuple[datetime, int, int], list[Release]] = {}
    for release in releases:
        grouped.setdefault((release.opens_at, release.session_id, release.round), []).append(
            release
        )
    return grouped.values()


def _event(releases, lookup_url, at):
    first = releases[0]
    title = _("Résultats – %(session)s") % {"session": first.session.label}
    if first.round == 2:
        title += f" – {exam(first.session.exam).second_round}"
    details = [release.speciality.label for release in releases]
    details.append(_("Votre résultat : %(address)s") % {"address": lookup_url})
    return [
        "BEGIN:VEVENT",
        f"UID:{first.session.code}-{first.round}-{first.speciality.code}@{settings.OFFICE_SITE}",
        f"DTSTAMP:{_instant(at)}",
        f"DTSTART:{_instant(first.opens_at)}",
        f"DTEND:{_instant(first.opens_at + _LENGTH)}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(chr(10).join(details))}",
        f"URL:{lookup_url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _instant(moment):
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text):
    """Return `text` escaped for a value of a calendar file."""
    return str(text).translate(_ESCAPES)


def _folded(line):
    """Return `line` folded after 75 octets, never inside a character."""
    pieces, piece = [], b""
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > _LINE:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]).decode()
