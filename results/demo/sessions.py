"""The sessions of the demo: their codes and years stay, their calendar follows today."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Opening:
    """The hour of a release, so many `days` from today."""

    days: int
    hour: time

    def at(self, now: datetime) -> datetime:
        """Return the hour; one of today that is yet to come becomes the last full hour."""
        now = now.astimezone(PARIS)
        hour = datetime.combine(now.date() + timedelta(self.days), self.hour, PARIS)
        if self.days == 0 and hour > now:
            hour = now.replace(minute=0, second=0, microsecond=0)
        return hour


@dataclass(frozen=True, eq=False)
class DemoSession:
    """A session; `share`: of all entries, in percent.

    `opening`, `second_opening`: of the results of each round. `calendar`: its other dates, in days
    from the first opening; one on a weekend is moved to the Monday after. `specialities`: codes
    without their year, with their weights. `replaces`: the code of the session whose deferred
    candidates it decides on; it has no others.
    """

    code: str
    exam: str
    year: int
    label: str
    share: float
    birth_years: tuple[int, int]
    specialities: dict[str, int]
    opening: Opening
    second_opening: Opening | None = None
    calendar: dict[str, int] = field(default_factory=dict)
    replaces: str = ""

    @property
    def upcoming(self) -> bool:
        """Whether its results are yet to come."""
        return self.opening.days > 0

    def dates(self, now: datetime) -> dict[str, date]:
        """Return the dates of the calendar by name, for a demo that is loaded at `now`."""
        opens_on = self.opening.at(now).date()
        return {name: _working(opens_on + timedelta(days)) for name, days in self.calendar.items()}

    def toml(self, now: datetime) -> str:
        """Return the file that `import_session` reads."""
        lines = [
            f'code = "{self.code}"',
            f'exam = "{self.exam}"',
            f"year = {self.year}",
            f'label = "{self.label}"',
            *([f'replaces = "{self.replaces}"'] if self.replaces else []),
            *(f"{name} = {day}" for name, day in self.dates(now).items()),
        ]
        return "\n".join(lines) + "\n"


def _working(day: date) -> date:
    """Return the `day`, or the Monday after a weekend."""
    return day + timedelta(max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


_BTS = {
    "control_choose_by": 1,
    "control_tests_from": 4,
    "control_tests_until": 8,
    "score_sheets_mailed_on": 9,
    "diplomas_posted_from": 70,
    "diplomas_at_school_from": 98,
    "register_again_from": 102,
    "register_again_until": 141,
}
_BACCALAUREATS = {
    "control_choose_by": 0,
    "control_tests_from": 1,
    "control_tests_until": 3,
    "score_sheets_mailed_on": 8,
    "diplomas_posted_from": 25,
    "register_again_from": 30,
    "diplomas_at_school_from": 35,
    "register_again_until": 70,
}

_SEPTEMBER = _BACCALAUREATS | {"tests_from": -11, "tests_until": -9}
# Exams without a second round.
_ONE_ROUND = {
    "score_sheets_mailed_on": 8,
    "diplomas_posted_from": 40,
    "register_again_from": 55,
    "diplomas_at_school_from": 60,
    "register_again_until": 100,
}

SESSIONS = (
    DemoSession(
        "BTS-2025",
        "BTS",
        2025,
        "BTS, session 2025",
        share=5,
        birth_years=(2002, 2005),
        specialities={"MCO": 1},
        opening=Opening(-365, time(10)),
        second_opening=Opening(-357, time(14)),
        calendar=_BTS,
    ),
    DemoSession(
        "BTS-2026",
        "BTS",
        2026,
        "BTS, session 2026",
        share=74,
        birth_years=(2003, 2006),
        specialities={"SIO-SISR": 26, "SIO-SLAM": 24, "MCO": 50},
        opening=Opening(0, time(10)),
        calendar=_BTS,
    ),
    DemoSession(
        "BAC-2026",
        "BAC",
        2026,
        "Baccalauréats général et technologique, session 2026",
        share=9,
        birth_years=(2007, 2008),
        specialities={"BAC-G": 62, "BAC-STMG": 20, "BAC-ST2S": 9, "BAC-STI2D": 9},
        opening=Opening(-50, time(9)),
        second_opening=Opening(-46, time(18)),
        calendar=_BACCALAUREATS,
    ),
    DemoSession(
        "BACPRO-2026",
        "BAC PRO",
        2026,
        "Baccalauréat professionnel, session 2026",
        share=2.5,
        birth_years=(2007, 2008),
        specialities={"AMA-CVPM": 40, "MELEC": 60},
        opening=Opening(-50, time(10)),
        second_opening=Opening(-46, time(10)),
        calendar=_BACCALAUREATS,
    ),
    DemoSession(
        "BTS-2027",
        "BTS",
        2027,
        "BTS, session 2027",
        share=3,
        birth_years=(2004, 2007),
        specialities={"SIO-SISR": 26, "SIO-SLAM": 24, "MCO": 50},
        opening=Opening(10, time(10)),
    ),
    DemoSession(
        "DNB-2026",
        "DNB",
        2026,
        "Diplôme national du brevet, session 2026",
        share=2,
        birth_years=(2011, 2012),
        specialities={"DNB-G": 78, "DNB-P": 14, "DNB-IND": 8},
        opening=Opening(-43, time(10)),
        calendar=_ONE_ROUND,
    ),
    DemoSession(
        "CAP-2026",
        "CAP",
        2026,
        "CAP, session 2026",
        share=1.5,
        birth_years=(2007, 2009),
        specialities={"AEPE": 40, "ELECTRICIEN": 30, "BOULANGER": 30},
        opening=Opening(-44, time(14)),
        calendar=_ONE_ROUND,
    ),
    DemoSession(
        "BP-2026",
        "BP",
        2026,
        "Brevet professionnel, session 2026",
        share=1.5,
        birth_years=(2005, 2007),
        specialities={"BP-BOULANGER": 50, "BP-COIFFURE": 50},
        opening=Opening(-44, time(16)),
        calendar=_ONE_ROUND,
    ),
    DemoSession(
        "DSCG-2027",
        "DSCG",
        2027,
        "DSCG, session 2027",
        share=1.5,
        birth_years=(2002, 2004),
        specialities={"DSCG": 1},
        opening=Opening(-6, time(12)),
        calendar=_ONE_ROUND,
    ),
    DemoSession(
        "BAC-2026-S",
        "BAC",
        2026,
        "Baccalauréats général et technologique, session de remplacement de septembre 2026",
        share=0,
        birth_years=(2007, 2008),
        specialities={"BAC-G": 62, "BAC-STMG": 20, "BAC-ST2S": 9, "BAC-STI2D": 9},
        opening=Opening(-12, time(10)),
        second_opening=Opening(-8, time(16)),
        calendar=_SEPTEMBER,
        replaces="BAC-2026",
    ),
)
