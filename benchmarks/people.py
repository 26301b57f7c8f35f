"""Candidates with an open result, with their cookies, for load generators and browsers."""

import random
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from benchmarks.steps import SESSION
from candidates.identification import access_codes
from candidates.identification import cookie as identification
from candidates.models import Entry, Session
from results.models import Release

_OF_PERSON = ("candidate__birth_date", "candidate__birth_name")


@dataclass(frozen=True)
class LoadCandidate:
    entry_id: int
    number: str
    birth_date: date
    name: str

    @property
    def access_code(self):
        return access_codes.generate(SESSION, self.number)

    @property
    def cookie(self):
        """Cookie header of their browser once they are identified."""
        visit = identification.begun((self.entry_id, 1, "LB", "BTS", None), bytes(32))
        morsel = identification.remember(HttpResponse(), visit).cookies
        return f"{settings.IDENTIFICATION_COOKIE}={morsel[settings.IDENTIFICATION_COOKIE].value}"


def people(count):
    """Return up to `count` candidates in any situation, the same ones each time."""
    rows = Entry.objects.filter(session__code=SESSION, withheld=False).order_by("pk")
    rows = list(rows.values_list("pk", "number", *_OF_PERSON))
    chosen = random.Random(2026).sample(rows, min(count, len(rows)))  # noqa: S311
    return [LoadCandidate(*row) for row in chosen]


def waiting_candidates(count):
    """Create up to `count` candidates of another session, whose results open tomorrow."""
    session = Session.objects.create(code="BENCH-WAIT", exam="BTS", year=2027, label="BTS 2027")
    entries = Entry.objects.filter(session__code=SESSION).select_related("candidate")[:count]
    waiting = []
    for number, entry in enumerate(entries):
        entry.pk, entry.session, entry.number = None, session, f"27{number:08}"
        entry.credential = secrets.token_bytes(32)
        waiting.append(entry)
    tomorrow = timezone.now() + timedelta(days=1)
    for speciality in {entry.speciality_id for entry in waiting}:
        Release.objects.create(session=session, speciality_id=speciality, opens_at=tomorrow)
    return [
        LoadCandidate(
            entry.pk, entry.number, entry.candidate.birth_date, entry.candidate.birth_name
        )
        for entry in Entry.objects.bulk_create(waiting)
    ]
