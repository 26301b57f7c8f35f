"""Candidates whose result is open, as load generators and browsers need them."""

import random
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from benchmarks.steps import SESSION
from candidates import access_codes, identification
from candidates.models import Entry, Session
from results.models import Release


@dataclass(frozen=True)
class Person:
    entry_id: int
    number: str
    birth_date: date

    @property
    def access_code(self):
        return access_codes.generate(SESSION, self.number)

    @property
    def cookie(self):
        """What their browser sends once they are identified."""
        morsel = identification.remember(HttpResponse(), self.entry_id).cookies
        return f"{settings.IDENTIFICATION_COOKIE}={morsel[settings.IDENTIFICATION_COOKIE].value}"


def people(count):
    """Up to `count` candidates in any situation, the same ones each time."""
    rows = Entry.objects.filter(session__code=SESSION, withheld=False).order_by("pk")
    rows = list(rows.values_list("pk", "number", "candidate__birth_date"))
    chosen = random.Random(2026).sample(rows, min(count, len(rows)))  # noqa: S311
    return [Person(*row) for row in chosen]


def who_waits():
    """A candidate of another session, whose result opens tomorrow."""
    entry = Entry.objects.filter(session__code=SESSION).select_related("candidate").first()
    session = Session.objects.create(code="BENCH-WAIT", exam="BTS", year=2027, label="BTS 2027")
    entry.pk, entry.session, entry.number = None, session, "2799999999"
    entry.credential = secrets.token_bytes(32)
    entry.save(force_insert=True)
    tomorrow = timezone.now() + timedelta(days=1)
    Release.objects.create(session=session, speciality=entry.speciality, opens_at=tomorrow)
    return Person(entry.pk, entry.number, entry.candidate.birth_date)
