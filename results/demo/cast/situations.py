"""A named situation of the demo, played by one invented candidate."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

ABSENT, FORCE_MAJEURE, EXEMPT, BENEFIT, CARRIED = "ABS", "FM", "DISP", "BEN", "REP"
ABROAD = "ABROAD"


@dataclass(frozen=True, eq=False)
class Situation:
    """One candidate, with marks and the expected result.

    `sees`: summary of the page, for the command's list. `marks`: out of 20, by code of a test (it
    enters an optional one), by group of tests, or "*" for all others; one, or several that recur.
    `instead`: (mark, status, year of origin) in place of the mark of a test. `units`: those
    entered, all if none. `subjects`: names of tests, by code. `second`: marks of the second round,
    as many as tests are chosen. `jury_points`: granted by the jury. `corrected`: new values of
    marks corrected after the release. `verdict`, `mention`: of the last round. `speciality`: code
    without its year.
    """

    key: str
    session: str
    speciality: str
    sees: str | Promise
    name: tuple[str, str, str]  # of birth, of usage, given
    born: date
    verdict: str
    marks: dict[str, Any]
    instead: dict[str, tuple[float | None, str, int | None]] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    subjects: dict[str, str] = field(default_factory=dict)
    second: tuple[float, ...] = ()
    jury_points: int = 0
    corrected: dict[str, float] = field(default_factory=dict)
    mention: str = ""
    born_at: str = "Paris"
    academy: str = "24"
    sector: str = "PUBLIC"  # empty: no school
    status: str = "SCOLAIRE"
    form: str = "G"
    consent: str = "O"
    withheld: bool = False
    home: str = ""
    known_as: str = ""  # the key of the situation in which the same person already appears


def bts(key, speciality, sees, name, born, verdict, marks, **more):
    """Return a situation of the session BTS-2026."""
    return Situation(key, "BTS-2026", speciality, sees, name, born, verdict, marks, **more)
