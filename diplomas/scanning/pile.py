"""The pile of scanned codes: what each of them names, and what noting a step would do to it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from candidates.models import Session
from diplomas import codes
from diplomas.codes import Code
from diplomas.dispatch import custody
from diplomas.models import Diploma, DiplomaState, EventKind

MOST = 1000  # codes of a pile
BY_SCAN = (EventKind.RETURNED, EventKind.COLLECTED, EventKind.ARRIVED)
_LONGEST = 60  # characters of what is no code of ours
_LEFT = {DiplomaState.SENT_TO_SCHOOL}


@dataclass(frozen=True)
class Scanned:
    """A code of the pile, the diploma that it names, and why nothing is noted for it.

    `refused` is "" where the step would be noted; `already` where it has been. A batch's list
    stands for each of its diplomas that is under way: `count`.
    """

    text: str
    diploma: Diploma | None = None
    refused: str | Promise = ""
    already: bool = False
    count: int = 1

    @property
    def goes(self) -> bool:
        return not self.refused


@dataclass(frozen=True)
class Scan:
    """What is asked of a pile: an event and its details, and of one session or of any."""

    kind: EventKind
    day: datetime.date
    session: Session | None = None
    details: dict[str, str] | None = None


def told(texts: Iterable[str]) -> list[str]:
    """Return each code once, as it is written, in the order of the scans, `MOST` at the most."""
    found = (code.text if (code := codes.read(text)) else _in_one_word(text) for text in texts)
    return list(dict.fromkeys(text for text in found if text))[:MOST]


def look(texts: list[str], scan: Scan) -> list[Scanned]:
    """Return what each code of a pile names and what would become of it. Two queries."""
    read = {text: codes.read(text) for text in texts}
    keys = {code.diploma for code in read.values() if code and code.diploma}
    lots = {code.batch for code in read.values() if code and code.batch}
    rows = _rows(Diploma.objects.filter(pk__in=keys)) if keys else []
    found = {row.pk: row for row in rows}
    members: dict[str, list[Diploma]] = {}
    for row in _rows(Diploma.objects.filter(batch__reference__in=lots)) if lots else []:
        members.setdefault(row.batch.reference, []).append(row)
    return [_look(text, code, found, members, scan) for text, code in read.items()]


def note(texts: list[str], scan: Scan, *, by: Any) -> list[Diploma]:
    """Note the step for all of a pile that allow it; return the diplomas. All or nothing."""
    with transaction.atomic():
        pile = [row for row in look(texts, scan) if row.goes]
        keys = {row.diploma.pk for row in pile if row.diploma}
        lots = {code.batch for row in pile if (code := codes.read(row.text)) and code.batch}
        if lots:
            under_way = Diploma.objects.filter(batch__reference__in=lots, state__in=_LEFT)
            keys.update(under_way.values_list("pk", flat=True))
        chosen = Diploma.objects.filter(pk__in=keys)
        moved = custody.record_all(chosen, scan.kind, by=by, day=scan.day, **(scan.details or {}))
        words = str(scan.kind.label)
        LogEntry.objects.log_actions(by.pk, moved, CHANGE, change_message=words)
    return moved


def _in_one_word(text):
    return "".join(text.split())[:_LONGEST]


def _rows(diplomas):
    rows = diplomas.select_related("entry__candidate", "entry__session", "batch")
    return list(rows.annotate(last_day=Max("events__day")).order_by("pk"))


def _look(text, code: Code | None, found, members, scan):
    if code is None:
        return Scanned(text, refused=_("mal lu, ou pas le code d’une lettre de diplôme"))
    if code.batch:
        return _look_at_list(text, members.get(code.batch), scan)
    diploma = found.get(code.diploma)
    if diploma is None:
        return Scanned(text, refused=_("inconnu ici : d’un autre service, ou effacé"))
    already = diploma.state == scan.kind
    return Scanned(text, diploma, _why_not(diploma, scan), already)


def _look_at_list(text, diplomas, scan):
    if diplomas is None:
        return Scanned(text, refused=_("bordereau inconnu ici : d’un autre service, ou effacé"))
    if scan.kind != EventKind.ARRIVED:
        refused = _("un bordereau ne se scanne qu’à l’arrivée ; scannez chaque lettre")
        return Scanned(text, refused=refused)
    under_way = [row for row in diplomas if row.state in _LEFT]
    if not under_way:
        return Scanned(text, refused=_("bordereau dont rien n’est en route"), count=0)
    refused = next(filter(None, (_why_not(row, scan) for row in under_way)), "")
    return Scanned(text, refused=refused, count=len(under_way))


def _why_not(diploma, scan):
    if scan.session and diploma.entry.session_id != scan.session.pk:
        return _("autre session : %(session)s") % {"session": diploma.entry.session.code}
    if diploma.state == scan.kind:
        return _("déjà noté")
    if scan.kind not in custody.LEADS_TO[diploma.state]:
        state = DiplomaState(diploma.state).label
        return _("pas possible maintenant : ce diplôme est « %(state)s »") % {"state": state}
    if diploma.last_day and scan.day < diploma.last_day:
        day = date_format(diploma.last_day, "SHORT_DATE_FORMAT")
        return _("c’est avant son étape précédente, du %(day)s") % {"day": day}
    return ""
