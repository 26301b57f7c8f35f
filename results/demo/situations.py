"""What a named situation of the demo is made of."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise

ABSENT, FORCE_MAJEURE, EXEMPT, BENEFIT, CARRIED = "ABS", "FM", "DISP", "BEN", "REP"
ABROAD = "ABROAD"


@dataclass(frozen=True, eq=False)
class Situation:
    """One candidate, what marks they have, and what their page will say.

    `marks` gives for a group of tests, or for the rest with "*", one mark or several that recur
    in turn; `instead` replaces the n-th mark of a group with (mark, status, year of origin);
    `second` gives the marks of the second round, as many as are chosen; `jury_points` what the
    jury grants; `corrected` the marks that are corrected once released. `verdict` and `mention` are
    those of the last round. `speciality` is a code without its year.
    """

    key: str
    session: str
    speciality: str
    sees: str | Promise
    name: tuple[str, str, str]  # of birth, of usage, given
    born: date
    verdict: str
    marks: dict[str, float | tuple[float, ...]]
    instead: dict[tuple[str, int], tuple[float | None, str, int | None]] = field(
        default_factory=dict
    )
    second: tuple[float, ...] = ()
    jury_points: int = 0
    corrected: dict[tuple[str, int], float] = field(default_factory=dict)
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
    """A situation of the session BTS-2026."""
    return Situation(key, "BTS-2026", speciality, sees, name, born, verdict, marks, **more)
