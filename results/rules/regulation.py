"""What a regulation lays down and what a candidate obtained, as plain values.

Nothing is decided here: `results.rules` is where the rest of the project finds both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

ELIMINATORY = "eliminatory"
ZERO = "zero"
ABSENCES = (ELIMINATORY, ZERO)

HIGHEST_MARK = 20
HIGHEST_HUNDREDTHS = 100 * HIGHEST_MARK


class MarkStatus(StrEnum):
    """Why there is no mark, or where the mark comes from; `GRADED` for one given this session."""

    GRADED = ""
    ABSENT = "ABS"
    FORCE_MAJEURE = "FM"
    EXEMPT = "DISP"
    BENEFIT = "BEN"
    CARRIED = "REP"


KEPT = frozenset({MarkStatus.BENEFIT, MarkStatus.CARRIED})
WITHOUT_VALUE = frozenset({MarkStatus.ABSENT, MarkStatus.FORCE_MAJEURE, MarkStatus.EXEMPT})


class Verdict(StrEnum):
    """What the jury's rules make of an entry (DESIGN, section 3)."""

    ADMITTED = "ADMITTED"
    CONTROL = "CONTROL"
    REFUSED = "REFUSED"
    ELIMINATED = "ELIMINATED"
    WITHHELD = "WITHHELD"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a test (sous-épreuve), marked by itself."""

    code: str
    label: str
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test (épreuve) of a regulation.

    `minimum`: out of 20, a lower mark eliminates. `kept`: a mark of 10 or more stays acquired to
    a candidate who is not admitted. An optional test has neither parts nor minimum.
    """

    __test__ = False  # not for pytest

    code: str
    label: str
    coefficient: Decimal
    group: str = ""
    optional: bool = False
    minimum: Decimal | None = None
    parts: tuple[Part, ...] = ()
    kept: bool = True


@dataclass(frozen=True, slots=True)
class SecondRound:
    """Who may take the second round, and in which tests.

    Called: an average from `from_average` to below the pass mark, and in each group of
    `group_minimum` an average of at least so much.

    `among` says which tests are open: "" for any compulsory test, a group, or a list of codes;
    the candidate takes `choose` of them. A list of lists of codes asks for one of each list.
    """

    from_average: Decimal
    group_minimum: Mapping[str, Decimal]
    choose: int
    among: str | Sequence[str] | Sequence[Sequence[str]] = ""


@dataclass(frozen=True, slots=True)
class MentionRule:
    """A mention, for whoever is admitted in the first round from this average."""

    label: str
    from_average: Decimal


@dataclass(frozen=True, slots=True)
class Regulation:
    """The rules of one exam and speciality from one session on (règlement d'examen).

    `pass_mark` and the other averages are out of 20. `absence` is what an unjustified absence
    from a compulsory test does: "eliminatory" or "zero". `group_minimum`: the average without
    which nobody is admitted, by group. `source`: where the numbers come from.
    """

    exam: str
    code: str
    label: str
    from_session: int
    pass_mark: Decimal
    absence: str
    tests: tuple[TestRule, ...]
    second_round: SecondRound | None = None
    mentions: tuple[MentionRule, ...] = ()
    group_minimum: Mapping[str, Decimal] = field(default_factory=dict)
    mention_with_kept_marks: bool = True
    source: str = ""

    def __hash__(self) -> int:
        return hash((self.code, self.from_session))


class MarkTaken(NamedTuple):
    """What a candidate obtained in a test, or in a part of one.

    `test`: the code. `value`: hundredths, 0 to 2000, for a graded or a kept mark, else None.
    `origin`: the year a kept mark comes from.
    """

    test: str
    value: int | None
    status: MarkStatus = MarkStatus.GRADED
    round: int = 1
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of the rules for one entry.

    `round`: the one that decided. `points`: those obtained, with the bonus of optional tests and
    what the jury added; `points_required`: the pass mark times `divisor`. `average`: exact, out of
    20; None when there is none (absence, marks missing, entry withheld). `reasons`: codes such as
    "ABSENT:U4", "BELOW_MINIMUM:U5", "GROUP_MINIMUM:professional", "MISSING:U3",
    "NOTHING_TO_AVERAGE".
    """

    verdict: Verdict
    round: int
    mention: str | None
    points: Fraction
    divisor: Fraction
    average: Fraction | None
    points_required: Fraction
    reasons: tuple[str, ...] = ()


def open_to_second_round(regulation: Regulation) -> tuple[tuple[TestRule, ...], ...]:
    """The lists of tests from which a candidate called to the second round chooses.

    One list, from which `choose` tests are taken, or several, each of which gives one; no list
    without a second round. Only compulsory tests are ever open.
    """
    second = regulation.second_round
    if second is None:
        return ()
    tests = tuple(test for test in regulation.tests if not test.optional)
    if isinstance(second.among, str):
        return (tuple(test for test in tests if second.among in ("", test.group)),)
    lists = [second.among] if one_list(second.among) else second.among
    return tuple(tuple(test for test in tests if test.code in codes) for codes in lists)


def one_list(among: Sequence[str] | Sequence[Sequence[str]]) -> bool:
    """Whether codes are given as one list, and not as lists that each give one test."""
    return all(isinstance(codes, str) for codes in among)
