"""Hours of opening: which ones may be given, and which openings are asked for twice.

Results that open at the wrong hour cannot be taken back. So an hour is written whole, exists once,
and is near; an opening before its announced hour takes the code of the session, and so does what
changes results within the last hour before they open.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidates.freeze import OpeningSoon
from candidates.models import Session, Speciality
from results.models import Release
from results_portal.templatetags.portal import isodate

SOON = timedelta(hours=1)
FURTHEST = timedelta(days=731)  # two years, one of them maybe a leap year

Hours = Mapping[int, datetime | None]  # by speciality: None where nothing is scheduled or open


class WrongHour(ValueError):
    """An hour that no release may have; its text says why."""


def read_hour(text: str, *, now: datetime | None = None) -> datetime:
    """Return the instant that an ISO 8601 text names, in Paris unless it says another place.

    Raises `WrongHour` for a date alone, and for the hours that `paris_hour` refuses.
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        pass
    else:
        raise WrongHour(_("« %s » n’a pas d’heure : écrivez-la, comme 2026-07-02T10:00.") % text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise WrongHour(
            _("« %s » n’est pas une date et une heure ISO 8601, comme 2026-07-02T10:00.") % text
        ) from None
    if timezone.is_naive(instant):
        return paris_hour(instant, now=now)
    return _near(instant, now)


def paris_hour(naive: datetime, *, now: datetime | None = None) -> datetime:
    """Return the instant at which clocks in Paris show `naive`.

    Raises `WrongHour` for an hour that they skip or show twice, and for one beyond two years.
    """
    instant, again = (timezone.make_aware(naive.replace(fold=fold)) for fold in (0, 1))
    offset, later = instant.utcoffset(), again.utcoffset()
    if offset != later:
        skipped = offset is not None and later is not None and offset < later
        text = (
            _("%(hour)s n’existe pas à Paris : les montres avancent d’une heure cette nuit-là.")
            if skipped
            else _("%(hour)s existe deux fois à Paris : les montres reculent d’une heure.")
        )
        raise WrongHour(text % {"hour": isodate(naive, "datetime")})
    return _near(instant, now)


def _near(instant: datetime, now: datetime | None) -> datetime:
    if instant - (now or timezone.now()) > FURTHEST:
        raise WrongHour(
            _("%s est dans plus de deux ans : vérifiez l’année.") % isodate(instant, "datetime")
        )
    return instant


def releases_of(
    session: Session, *, specialities: Iterable[Speciality], round: int
) -> dict[int, Release]:
    """Return the releases of a round that are scheduled or open, by speciality."""
    found = Release.objects.announced().filter(
        session=session, speciality__in=list(specialities), round=round
    )
    return {one.speciality_id: one for one in found.select_related("speciality", "created_by")}


def last_withdrawal(session: Session, *, specialities: Iterable[Speciality], round: int) -> str:
    """Return when the last withdrawal that still holds in a round was, "" where none does."""
    found = Release.objects.filter(session=session, speciality__in=list(specialities), round=round)
    last = found.aggregate(last=Max("withdrawn_at"))["last"]
    return last.isoformat() if last else ""


def announced(session: Session, *, specialities: Iterable[Speciality], round: int) -> Hours:
    """Return the hour of each speciality in a round, as it stands."""
    specialities = list(specialities)
    found = releases_of(session, specialities=specialities, round=round)
    return {one.pk: found[one.pk].opens_at if one.pk in found else None for one in specialities}


def doubts(
    session: Session,
    *,
    specialities: Iterable[Speciality],
    round: int,
    at: datetime | None,
    now: datetime | None = None,
) -> list[str]:
    """Return why opening at `at` (None: at once) takes the code of the session, in sentences.

    Because the hour announced to candidates is later and the results would be public within the
    hour, or because the hour asked for is past. Empty when it takes none, as for what is open.
    """
    now, specialities = now or timezone.now(), list(specialities)
    found = releases_of(session, specialities=specialities, round=round)
    closed = [one for one in specialities if one.pk not in found or not found[one.pk].is_open(now)]
    sentences = []
    if closed and at is not None and at <= now:
        sentences.append(
            _("L’heure demandée est passée (%(hour)s) : les résultats seraient publics aussitôt.")
            % {"hour": isodate(at, "datetime")}
        )
    opens_soon = at is None or at - now < SOON
    for one in closed:
        hour = found[one.pk].opens_at if one.pk in found else now
        if opens_soon and (at or now) < hour:
            sentences.append(
                _("%(code)s : %(distance)s avant l’heure annoncée, %(hour)s.")
                % {
                    "code": one.code,
                    "distance": distance(max(at or now, now), hour),
                    "hour": isodate(hour, "datetime"),
                }
            )
    return sentences


def objections(
    seen: Hours,
    session: Session,
    *,
    specialities: Iterable[Speciality],
    round: int,
    at: datetime | None,
) -> list[str]:
    """Return what others have done since the hours were `seen`, in sentences."""
    present = releases_of(session, specialities=specialities, round=round)
    return meanwhile(seen, present, at=at, now=timezone.now())


def meanwhile(
    seen: Hours, found: Mapping[int, Release], *, at: datetime | None, now: datetime
) -> list[str]:
    """Return what others have done since the hours were `seen`, a sentence for each speciality.

    `found`: the releases as they are now (`releases_of`). What they have done just as it is asked
    for, an opening at once or at `at`, is no hindrance.
    """
    sentences = []
    for pk, hour in seen.items():
        one = found.get(pk)
        if (one and one.opens_at) == hour:
            continue
        if one is None:
            sentences.append(withdrawn_meanwhile())
        elif one.opens_at != at and not (at is None and one.is_open(now)):
            sentences.append(_happened(one, now))
    return sentences


def withdrawn_meanwhile() -> str:
    return _("La publication a été retirée entre-temps. Rien n’a été changé.")


def _happened(one: Release, now: datetime) -> str:
    values = {
        "code": one.speciality.code,
        "hour": isodate(one.opens_at, "datetime"),
        "who": one.created_by or _("la ligne de commande"),
    }
    if one.is_open(now):
        text = _("%(code)s : ouverte entre-temps, le %(hour)s, par %(who)s. Rien n’a été changé.")
    else:
        text = _(
            "%(code)s : programmée entre-temps pour le %(hour)s par %(who)s. Rien n’a été changé."
        )
    return text % values


def distance(start: datetime, end: datetime) -> str:
    """Return how long it is from `start` to `end`: days of the calendar, or hours, or minutes."""
    length = end - start
    if length >= timedelta(days=1):
        days = (timezone.localdate(end) - timezone.localdate(start)).days
        return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}
    if length >= timedelta(hours=1):
        hours = length // timedelta(hours=1)
        return ngettext("%(n)s heure", "%(n)s heures", hours) % {"n": hours}
    minutes = -(-length // timedelta(minutes=1))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def opening_soon(entry_ids: Iterable[int], *, now: datetime | None = None) -> list[Release]:
    """Return the releases of these entries that open within the hour."""
    now = now or timezone.now()
    soon = Release.objects.upcoming(now).filter(opens_at__lte=now + SOON)
    if not soon.exists():
        return []
    touched = soon.filter(results__entry__in=list(entry_ids)).distinct()
    return list(touched.select_related("session", "speciality").order_by("pk"))


def refuse_soon(
    entry_ids: Iterable[int], *, confirmed: str = "", now: datetime | None = None
) -> None:
    """Raise `OpeningSoon` for a change of results that open within the hour.

    `confirmed`: the code of their session, where somebody has typed it.
    """
    now = now or timezone.now()
    found = opening_soon(entry_ids, now=now)
    codes = sorted({one.session.code for one in found})
    if found and confirmed not in codes:
        raise OpeningSoon([soon_sentence(one, now) for one in found], codes)


def soon_sentence(one: Release, now: datetime) -> str:
    """Return the warning before a change of results that open within the hour."""
    return _("%(code)s : ces résultats s’ouvrent dans %(distance)s, %(hour)s.") % {
        "code": one.speciality.code,
        "distance": distance(now, one.opens_at),
        "hour": isodate(one.opens_at, "datetime"),
    }
