"""Values that the rules read and return: rules of an exam, marks of a candidate, the outcome.

Nothing is decided here. The rest of the project imports these names from `results.rules`.
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
    """Reason for a mark's absence, or origin of a kept mark; `GRADED`: given this session.

    `ABSENT`: without justification. `FORCE_MAJEURE`: counts 0 (D. 643-24). `BENEFIT`: 10 or more,
    kept from an earlier session; `CARRIED`: below 10, kept in the progressive form (D. 643-15).
    """

    GRADED = ""
    ABSENT = "ABS"
    FORCE_MAJEURE = "FM"
    EXEMPT = "DISP"
    BENEFIT = "BEN"
    CARRIED = "REP"


KEPT = frozenset({MarkStatus.BENEFIT, MarkStatus.CARRIED})
WITHOUT_VALUE = frozenset({MarkStatus.ABSENT, MarkStatus.FORCE_MAJEURE, MarkStatus.EXEMPT})

SECOND_ROUND = "MISSING_IN_SECOND_ROUND"  # reason of an outcome, followed by a number of tests


class Verdict(StrEnum):
    """The jury's decision on an entry.

    `CONTROL`: called to the second round. `WITHHELD`: nothing is published while a disciplinary
    procedure is open. `INCOMPLETE`: a mark is missing, which blocks the release; in the second
    round, one that a called candidate has neither a mark nor an absence for.
    """

    ADMITTED = "ADMITTED"
    CONTROL = "CONTROL"
    REFUSED = "REFUSED"
    ELIMINATED = "ELIMINATED"
    WITHHELD = "WITHHELD"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class PartRule:
    """A part of a test (sous-épreuve), with its own mark; `coefficient`: within the test."""

    code: str
    label: str
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test (épreuve) of a regulation.

    `coefficient`: a decimal, as the regulation gives it (1.5 exists). `minimum`: out of 20, a lower
    mark eliminates. `kept`: a candidate who is not admitted keeps a mark of 10 or more. An optional
    test has neither parts nor minimum.
    """

    __test__ = False  # not for pytest

    code: str
    label: str
    coefficient: Decimal
    group: str = ""
    optional: bool = False
    minimum: Decimal | None = None
    parts: tuple[PartRule, ...] = ()
    kept: bool = True


@dataclass(frozen=True, slots=True)
class SecondRound:
    """Conditions of the second round (BTS: D. 643-22), and the tests open to it.

    Called to it: an average from `from_average` to below the pass mark and, in each group of
    `group_minimum`, at least that average; all out of 20.

    `among` gives the open tests: "" for any compulsory test, a group, or a list of codes, of which
    the candidate takes `choose`. With a list of lists of codes, one test of each list.
    """

    from_average: Decimal
    group_minimum: Mapping[str, Decimal]
    choose: int
    among: str | Sequence[str] | Sequence[Sequence[str]] = ""


@dataclass(frozen=True, slots=True)
class MentionRule:
    """A mention, for candidates admitted in the first round with at least this average."""

    label: str
    from_average: Decimal


@dataclass(frozen=True, slots=True)
class ExamRules:
    """The rules of one exam and speciality, from one session on (règlement d'examen).

    `pass_mark` and the other averages are out of 20. `absence`: the effect of an unjustified
    absence from a compulsory test, "eliminatory" (BTS: D. 643-24) or "zero". `group_minimum`: the
    average required for admission, by group of tests. `source`: legal texts of the numbers.
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
    """A candidate's mark in a test, or in a part of one.

    `test`: the code. `value`: hundredths, 0 to 2000, for a graded or a kept mark, else None.
    `origin`: the session year of a kept mark.
    """

    test: str
    value: int | None
    status: MarkStatus = MarkStatus.GRADED
    round: int = 1
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of the rules for one entry.

    `round`: the one that decided. `points`: marks × coefficients, with the bonus of optional tests
    and the jury's points; `points_required`: the pass mark times `divisor`, the sum of the
    coefficients. `average`: exact, out of 20; None when there is none (absence, marks missing,
    entry withheld). `reasons`: codes such as "ABSENT:U4", "BELOW_MINIMUM:U5",
    "GROUP_MINIMUM:professional", "MISSING:U3", "MISSING_IN_SECOND_ROUND:2", "NOTHING_TO_AVERAGE".
    """

    verdict: Verdict
    round: int
    mention: str | None
    points: Fraction
    divisor: Fraction
    average: Fraction | None
    points_required: Fraction
    reasons: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # Outcomes are keys of caches. These two values tell nearly all apart in 0.2 µs; hashing
        # four fractions takes 3.
        return hash((self.points.numerator, self.reasons))


def open_to_second_round(regulation: ExamRules) -> tuple[tuple[TestRule, ...], ...]:
    """Return the lists of tests from which a candidate called to the second round chooses.

    One list, of which `choose` tests are taken, or several, each of which gives one; no list
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
    """Whether the codes are one list, and not lists that each give one test."""
    return all(isinstance(codes, str) for codes in among)
