"""Marks and regulations written as one would say them, for tests that read like the regulation."""

from decimal import Decimal

from results.regulations.files import parse_regulation, shipped_files
from results.rules import ExamRules, MarkStatus, MarkTaken, PartRule, SecondRound, TestRule

SHIPPED = {
    regulation.code: regulation
    for regulation in (
        parse_regulation(path.read_text(encoding="utf-8"), name=path.name)
        for path in shipped_files()
    )
}

# Files of regulations that are unlike each other: tests that take a moment for each read these.
ONE_OF_EACH = [
    path
    for path in shipped_files()
    if path.stem
    in {
        "bac-general-2026",
        "bac-pro-ama-cvpm",
        "bts-mco-2020",
        "bts-sio-sisr",
        "dnb-g-2026",
        "dscg-2027",
    }
]


def marks(words):
    """ "U1:12 U2:9.5 U3:ABS U4:BEN14/2023 U1@2:15" as `MarkTaken`s; @2 is the second round."""
    return [_mark(*word.split(":")) for word in words.split()]


def _mark(test, obtained):
    code, _, round_ = test.partition("@")
    status = next((s for s in MarkStatus if s and obtained.startswith(s)), MarkStatus.GRADED)
    value, _, origin = obtained.removeprefix(status).partition("/")
    return MarkTaken(
        code,
        int(Decimal(value) * 100) if value else None,
        status,
        int(round_ or 1),
        int(origin) if origin else None,
    )


def regulation(*tests, **changes):
    """A regulation of these tests: pass mark 10, absence eliminates, no second round."""
    return ExamRules(
        **{
            "exam": "EXAM",
            "code": "CODE",
            "label": "Spécialité",
            "from_session": 2026,
            "pass_mark": Decimal(10),
            "absence": "eliminatory",
            "tests": tests,
        }
        | changes
    )


def rule(code, coefficient, group="", **more):
    """A test; `parts` as {code: coefficient}, or {code: (coefficient, group)}."""
    parts = tuple(
        _part(part, *(of_part if isinstance(of_part, tuple) else (of_part,)))
        for part, of_part in more.pop("parts", {}).items()
    )
    minimum = more.pop("minimum", None)
    return TestRule(
        code,
        f"Épreuve {code}",
        Decimal(str(coefficient)),
        group,
        parts=parts,
        minimum=None if minimum is None else Decimal(str(minimum)),
        **more,
    )


def _part(code, coefficient, group=""):
    return PartRule(code, f"Sous-épreuve {code}", Decimal(str(coefficient)), group)


def second_round(among="", *, choose=2, from_average=8, **group_minimum):
    return SecondRound(
        Decimal(from_average),
        {group: Decimal(average) for group, average in group_minimum.items()},
        choose,
        among,
    )
