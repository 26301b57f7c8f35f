"""Candidates whose result is open, as load generators and browsers need them."""

import random
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse

from benchmarks.steps import SESSION
from candidates import access_codes, identification
from candidates.models import Entry


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
