"""The hours of the releases to come, as a calendar file (RFC 5545). Dates only, of nobody."""

from datetime import UTC, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from results.lookup import PUBLIC
from results.models import Release

CONTENT_TYPE = "text/calendar; charset=utf-8"

_LINE = 75  # octets, the line end apart
_LENGTH = timedelta(minutes=30)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(*, lookup_url, at=None):
    """The file: one event for each session, round and hour to come.

    An event keeps its identifier when its hour moves, so that a calendar which subscribes moves it
    too.
    """
    at = at or timezone.now()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_escaped(settings.SITE_NAME)}//FR",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(_(settings.SITE_NAME))}",
    ]
    for releases in _grouped(at):
        lines += _event(releases, lookup_url, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _grouped(at):
    releases = (
        Release.objects.using(PUBLIC)
        .upcoming(at)
        .select_related("session", "speciality")
        .order_by("opens_at", "session__code", "round", "speciality__code")
    )
    grouped = {}
    for release in releases:
        grouped.setdefault((release.opens_at, release.session_id, release.round), []).append(
            release
        )
    return grouped.values()


def _event(releases, lookup_url, at):
    first = releases[0]
    title = _("Résultats – %(session)s") % {"session": first.session.label}
    if first.round == 2:
        title = _("Résultats du second tour – %(session)s") % {"session": first.session.label}
    details = [release.speciality.label for release in releases]
    details.append(_("Votre résultat : %(address)s") % {"address": lookup_url})
    return [
        "BEGIN:VEVENT",
        f"UID:{first.session.code}-{first.round}-{first.speciality.code}@{settings.OFFICE_SITE}",
        f"DTSTAMP:{_instant(at)}",
        f"DTSTART:{_instant(first.opens_at)}",
        f"DTEND:{_instant(first.opens_at + _LENGTH)}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(chr(10).join(details))}",
        f"URL:{lookup_url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _instant(moment):
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text):
    return str(text).translate(_ESCAPES)


def _folded(line):
    """`line` on as many lines of 75 octets as it takes, never cut inside a character."""
    pieces, piece = [], b""
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > _LINE:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]).decode()
