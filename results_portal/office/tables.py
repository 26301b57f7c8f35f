"""Settings of the office that are tables: read once, at start, with an error that says how.

`settings.py` reads them; whoever asks does it by the functions at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ANY = "*"
STATUSES = ("SCOLAIRE", "APPRENTI", "FORMATION_CONTINUE", "INDIVIDUEL", "DISTANCE")
ROUTES = ("SCHOOL", "HOME")


@dataclass(frozen=True)
class NextStep:
    """A link to a page beyond the office, for a verdict and an exam, each of them or `ANY`."""

    verdict: str
    exam: str
    label: str
    address: str


def read_registration_sites(text: str) -> dict[str, str]:
    """Read "BTS=https://…,*=https://…": the address of each exam, `*` of all others."""
    form = "BTS=https://…,*=https://…"
    return {
        _key(exam): _address("REGISTRATION_SITES", address, form)
        for exam, address in _pairs("REGISTRATION_SITES", text, ",", form)
    }


def read_diploma_routes(text: str) -> dict[str, str]:
    """Read "APPRENTI=HOME,…": where the diploma of a status goes, whatever its school is."""
    routes = {}
    for status, route in _pairs("DIPLOMA_ROUTES", text, ",", "APPRENTI=HOME"):
        if status not in STATUSES or route not in ROUTES:
            raise ImproperlyConfigured(
                f"DIPLOMA_ROUTES: {status}={route} is not one of {', '.join(STATUSES)}"
                f" = {' or '.join(ROUTES)}."
            )
        routes[status] = route
    return routes


def read_next_steps(text: str) -> tuple[NextStep, ...]:
    """Read "REFUSED:BAC=Label|https://…;*:*=Label|https://…": links beyond the office."""
    form = "REFUSED:BAC=Label|https://…;*:BTS=Label|https://…"
    steps = []
    for case, link in _pairs("NEXT_STEPS_LINKS", text, ";", form):
        verdict, colon, exam = case.partition(":")
        label, _bar, address = (part.strip() for part in link.partition("|"))
        if not (verdict and colon and exam and label):
            raise ImproperlyConfigured(f"NEXT_STEPS_LINKS: {case}={link} is not like {form}.")
        address = _address("NEXT_STEPS_LINKS", address, form)
        steps.append(NextStep(verdict.strip(), _key(exam), label, address))
    return tuple(steps)


def registration_site(exam: str) -> str:
    """Return the address where candidates register for an exam by themselves; "" without one."""
    sites = settings.REGISTRATION_SITES
    return sites.get(_key(exam)) or sites.get(ANY, "")


def next_steps(verdict: str, exam: str) -> list[NextStep]:
    """Return the links beyond the office for a verdict of an exam."""
    return [
        step
        for step in settings.NEXT_STEPS_LINKS
        if step.verdict in {verdict, ANY} and step.exam in {_key(exam), ANY}
    ]


def _pairs(name: str, text: str, separator: str, form: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for item in filter(None, (item.strip() for item in text.split(separator))):
        key, sign, value = (part.strip() for part in item.partition("="))
        if not (key and sign and value):
            raise ImproperlyConfigured(f"{name}: “{item}” is not like {form}.")
        case = item if separator == ";" else _key(key)  # several links may be of one case
        if case in seen:
            raise ImproperlyConfigured(f"{name}: {key} is given twice.")
        seen.add(case)
        yield key, value


def _address(name: str, address: str, form: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or any(c.isspace() for c in address):
        raise ImproperlyConfigured(f"{name}: “{address}” is no address of a site, as in {form}.")
    return address


def _key(exam: str) -> str:
    return exam.strip().upper().replace(" ", "_")
