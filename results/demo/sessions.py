"""The sessions of the demo."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, eq=False)
class DemoSession:
    """A session; `share`: of all entries, in percent.

    `opens_at`, `second_opens_at`: hours of release; without `opens_at` the session is upcoming.
    `specialities`: codes without their year, with their weights.
    """

    code: str
    exam: str
    year: int
    label: str
    share: int
    birth_years: tuple[int, int]
    specialities: dict[str, int]
    calendar: dict[str, date] = field(default_factory=dict)
    opens_at: datetime | None = None
    second_opens_at: datetime | None = None

    def toml(self) -> str:
        """Return the file that `import_session` reads."""
        lines = [
            f'code = "{self.code}"',
            f'exam = "{self.exam}"',
            f"year = {self.year}",
            f'label = "{self.label}"',
            *(f"{name} = {day}" for name, day in self.calendar.items()),
        ]
        return "\n".join(lines) + "\n"


SESSIONS = (
    DemoSession(
        "BTS-2025",
        "BTS",
        2025,
        "BTS, session 2025",
        share=10,
        birth_years=(2002, 2005),
        specialities={"MCO": 1},
        calendar={
            "score_sheets_mailed_on": date(2025, 7, 10),
            "register_again_from": date(2025, 10, 13),
            "register_again_until": date(2025, 11, 21),
            "control_choose_by": date(2025, 7, 4),
            "control_tests_from": date(2025, 7, 7),
            "control_tests_until": date(2025, 7, 9),
        },
        opens_at=datetime(2025, 7, 3, 10, tzinfo=PARIS),
        second_opens_at=datetime(2025, 7, 11, 14, tzinfo=PARIS),
    ),
    DemoSession(
        "BTS-2026",
        "BTS",
        2026,
        "BTS, session 2026",
        share=67,
        birth_years=(2003, 2006),
        specialities={"SIO-SISR": 26, "SIO-SLAM": 24, "MCO": 50},
        calendar={
            "score_sheets_mailed_on": date(2026, 7, 9),
            "register_again_from": date(2026, 10, 12),
            "register_again_until": date(2026, 11, 20),
            "control_choose_by": date(2026, 7, 3),
            "control_tests_from": date(2026, 7, 6),
            "control_tests_until": date(2026, 7, 8),
        },
        opens_at=datetime(2026, 7, 2, 10, tzinfo=PARIS),
    ),
    DemoSession(
        "BAC-2026",
        "BAC",
        2026,
        "Baccalauréat général, session 2026",
        share=15,
        birth_years=(2007, 2008),
        specialities={"BAC-G": 1},
        calendar={
            "score_sheets_mailed_on": date(2026, 7, 15),
            "register_again_from": date(2026, 10, 19),
            "register_again_until": date(2026, 11, 27),
            "control_choose_by": date(2026, 7, 7),
            "control_tests_from": date(2026, 7, 8),
            "control_tests_until": date(2026, 7, 10),
        },
        opens_at=datetime(2026, 7, 7, 9, tzinfo=PARIS),
        second_opens_at=datetime(2026, 7, 10, 18, tzinfo=PARIS),
    ),
    DemoSession(
        "BACPRO-2026",
        "BAC PRO",
        2026,
        "Baccalauréat professionnel, session 2026",
        share=3,
        birth_years=(2007, 2008),
        specialities={"AMA-CVPM": 1},
        calendar={
            "score_sheets_mailed_on": date(2026, 7, 15),
            "control_choose_by": date(2026, 7, 7),
            "control_tests_from": date(2026, 7, 8),
            "control_tests_until": date(2026, 7, 9),
        },
        opens_at=datetime(2026, 7, 7, 10, tzinfo=PARIS),
        second_opens_at=datetime(2026, 7, 10, 10, tzinfo=PARIS),
    ),
    DemoSession(
        "BTS-2027",
        "BTS",
        2027,
        "BTS, session 2027",
        share=5,
        birth_years=(2004, 2007),
        specialities={"SIO-SISR": 26, "SIO-SLAM": 24, "MCO": 50},
    ),
)
