"""A small session with somebody in each situation, as a whole town would look for them."""

from datetime import timedelta

from django.utils import timezone

from results.jury.deliberation import deliberate
from results.publication.release import schedule
from tests import factories
from tests.factories import ABSENT, ADMITTED, CONTROL, REFUSED

PLACES = ["Lycée des Exemples", "Maison des examens"]


def town():
    """An `Entry` by name of situation; all but the discreet one accept the list on the web."""
    everybody = {
        "school": ("ALBERT", ADMITTED, {"school": factories.school()}),
        "home": ("ÉBRARD", ADMITTED, {"status": "INDIVIDUEL", "posting_place": PLACES[1]}),
        "other academy": (
            "GARNIER",
            ADMITTED,
            {"status": "INDIVIDUEL", "academy": factories.academy("09")},
        ),
        "control": ("BERNARD", CONTROL, {"school": factories.school()}),
        "refused": ("CARON", REFUSED, {"school": factories.school()}),
        "absent": ("DENIS", ABSENT, {"school": factories.school()}),
        "withheld": ("EVRARD", ADMITTED, {"withheld": True, "school": factories.school()}),
        "discreet": ("FAURE", ADMITTED, {"web_consent": False, "school": factories.school()}),
    }
    return {
        situation: factories.entry(
            marks=marks, birth_name=name, **({"web_consent": True} | particulars)
        )
        for situation, (name, marks, particulars) in everybody.items()
    }


def released(people, **ahead):
    """Deliberate, and schedule the release: `hours=1` from now, or at once."""
    session = people["school"].session
    deliberate(session)
    return schedule(session, at=timezone.now() + timedelta(**ahead) if ahead else None)[0]
