"""Template tags on the office: how to reach it, and the ways of appeal against its decisions."""

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from results_portal.office import appeals, tables
from results_portal.office.contact import Contact, contact

register = template.Library()


@register.simple_tag
def office_contact() -> Contact:
    """Return how to reach the office, for `{% office_contact as office %}`."""
    return contact()


@register.simple_tag
def is_demo() -> bool:
    """Whether the portal names the invented host and director of the demo."""
    return all(getattr(settings, name) == said for name, said in settings.OF_THE_DEMO.items())


@register.simple_tag
def ways_of_appeal() -> dict[str, Any]:
    """Return the bodies of the ways of appeal, for `{% ways_of_appeal as appeal %}`."""
    return appeals.ways()


@register.filter
def registration_site(exam: str) -> str:
    """Return the address where one registers alone for an exam; "" without one."""
    return tables.registration_site(exam)


@register.simple_tag
def next_steps(verdict: str, exam: str) -> list[tables.NextStep]:
    """Return the links beyond the office for a verdict of an exam."""
    return tables.next_steps(verdict, exam)


@register.filter
def silence_refuses_on(received: datetime.datetime) -> datetime.date:
    """Return the day from which no answer to a request received then is a refusal."""
    return appeals.silence_refuses_on(timezone.localdate(received))
