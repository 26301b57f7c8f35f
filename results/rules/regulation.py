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
REPLACEMENT = "replacement"
FORCE_MAJEURES = (ZERO, REPLACEMENT)

EXCESS, FULL, DIFFERENCE = "excess", "full", "difference"
COUNTS = (EXCESS, FULL, DIFFERENCE)
STEPS = (Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.01"))
UP = "up"

HIGHEST_MARK = 20
HIGHEST_HUNDREDTHS = 100 * HIGHEST_MARK


class MarkStatus(StrEnum):
    """Reason for a mark's absence, or origin of a kept mark; `GRADED`: given this session.

    `ABSENT`: without justification. `FORCE_MAJEURE`: counts 0 (D. 643-24), or the test is replaced
    in September (D. 334-19), as the regulation says. `BENEFIT`: 10 or more (`KeptRule.from_mark`),
    kept from an earlier session; `CARRIED`: less, kept in the progressive form (D. 643-15) or where
    `KeptRule` says.
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

    `CONTROL`: called to the second round. `NOT_FINAL` (sans décision finale, D. 334-8, D. 643-13):
    some compulsory units are neither taken this session nor held. `DEFERRED` (reportée à la session
    de remplacement, D. 334-19): a test is replaced in September. `WITHHELD`: nothing is published
    while a disciplinary procedure is open. `INCOMPLETE`: a mark is missing, which blocks the
    release; in the second round, one that a called candidate has neither a mark nor an absence for.

    Where several hold, the first of `WITHHELD`, `INCOMPLETE`, `DEFERRED`, `NOT_FINAL`,
    `ELIMINATED`.
    """

    ADMITTED = "ADMITTED"
    CONTROL = "CONTROL"
    REFUSED = "REFUSED"
    ELIMINATED = "ELIMINATED"
    NOT_FINAL = "NOT_FINAL"
    DEFERRED = "DEFERRED"
    WITHHELD = "WITHHELD"
    INCOMPLETE = "INCOMPLETE"


# Candidates who have not the diploma, and keep the marks that stay acquired.
KEEPING = frozenset({Verdict.REFUSED, Verdict.ELIMINATED, Verdict.NOT_FINAL})
# No decision that a rate, a list or a document of success may count.
UNDECIDED = frozenset({Verdict.NOT_FINAL, Verdict.DEFERRED})
# No score sheet is made, mailed or verified: nothing has been decided that it could print.
WITHOUT_SHEET = frozenset({Verdict.WITHHELD, Verdict.DEFERRED})


@dataclass(frozen=True, slots=True)
class PartRule:
    """A part of a test (sous-épreuve), with its own mark; `coefficient`: within the test.

    `group`: where it differs from that of the test ("": the same). The part then counts in that
    group's average with its share of the test's coefficient.
    """

    code: str
    label: str
    coefficient: Decimal
    group: str = ""


@dataclass(frozen=True, slots=True)
class TestRule:
    """A test (épreuve) of a regulation.

    `coefficient`: a decimal, as the regulation gives it (1.5 exists). `minimum`: out of 20, a lower
    mark eliminates. `kept`: a candidate who is not admitted keeps a mark of 10 or more (or of
    `KeptRule.from_mark`). An optional test has neither parts nor minimum; it `counts` "excess"
    (above ten only, outside the divisor) or "full" (points and divisor, for whoever enters it). A
    compulsory test, without parts nor minimum, may count as a "difference": what its mark is above
    ten is added to the points, what it is below ten taken from them, outside the divisor and every
    group (project of the bac pro: arrêté of 20 October 2020, article 4).

    `step`: that of its marks and of those of its parts (bac: whole points and tenths, D. 334-8;
    CAP: halves). `rounding` "up": a mark off that step, and the average of the parts, go up to it;
    "": computed marks stay exact. `statuses`: of the entries that it is open to (chef-d'œuvre;
    none: all). `subjects`: names that the test may have for a candidate (none: any). `ects`:
    credits (BTS: 120 in all). `replaced`: where force majeure is replaced, whether this test is;
    one that is not leaves the average (September too: sport and options of the bac).
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
    step: Decimal = Decimal("0.01")
    rounding: str = ""
    counts: str = EXCESS
    statuses: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    ects: int | None = None
    replaced: bool = True

    @property
    def in_difference(self) -> bool:
        """Whether the test adds what it is above ten, or takes what it is below."""
        return not self.optional and self.counts == DIFFERENCE

    @property
    def in_full(self) -> bool:
        """Whether an optional test enters points and divisor of whoever entered it (D. 334-8)."""
        return self.optional and self.counts == FULL


@dataclass(frozen=True, slots=True)
class KeptRule:
    """What a candidate without the diploma keeps, and what it costs (D. 643-15, D. 334-13).

    `from_mark`: out of 20, stays acquired. `report_from`: a mark from here to below `from_mark` may
    be carried over on request (DSCG: 6); None: in the progressive form only. `sessions`: how many
    sessions after the one it comes from. That kept marks cost the mention is
    `ExamRules.mention_with_kept_marks`. `blocks`: the text that has each unit acquired attested as
    a block of competences (D. 643-15); "" where none does.
    """

    from_mark: Decimal = Decimal(10)
    report_from: Decimal | None = None
    sessions: int = 5
    renouncing_is_final: bool = False
    blocks: str = ""


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

    `shares`: weight of each group in the average, 100 in all (DNB: 40 and 60); none: coefficients
    alone. `caps`: highest average of a group, bonus of its options included. `force_majeure`:
    "zero" (D. 643-24) or "replacement" (D. 334-19, D. 337-157). `checked`: every number was read in
    an official text or in two sources that agree. `until_session`: the last that may use it.
    `booklet`: the jury examines the school record (livret scolaire) of whoever is not admitted.
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
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    caps: Mapping[str, Decimal] = field(default_factory=dict)
    kept: KeptRule = KeptRule()
    force_majeure: str = ZERO
    checked: bool = False
    until_session: int | None = None
    booklet: bool = False

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


class Enrolment(NamedTuple):
    """What a candidate has entered this session.

    `units`: codes of tests or parts; none: every compulsory test. `subjects`: codes of the tests
    that have a name of their own for this candidate, which enters the optional ones. `status`: that
    of the entry, which opens some tests ("": it opens all).
    """

    units: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    status: str = ""


class GroupAverage(NamedTuple):
    """A group where there are shares: its average after the cap (None: nothing to average)."""

    group: str
    share: Decimal
    average: Fraction | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of the rules for one entry.

    `round`: the one that decided. `points`: marks × coefficients, with the bonus of optional tests
    and the jury's points; `points_required`: the pass mark times `divisor`, the sum of the
    coefficients. With shares, `divisor` is 100 and `points` the average × 100. `average`: exact,
    out of 20; None when there is none (absence, marks missing, no final decision, entry withheld).
    `reasons`: codes such as "ABSENT:U4", "BELOW_MINIMUM:U5", "GROUP_MINIMUM:professional",
    "MISSING:U3", "MISSING_IN_SECOND_ROUND:2", "NOT_HELD:U7", "REPLACED:PHI", "NOTHING_TO_AVERAGE".
    `groups`: where there are shares, each group's average.
    """

    verdict: Verdict
    round: int
    mention: str | None
    points: Fraction
    divisor: Fraction
    average: Fraction | None
    points_required: Fraction
    reasons: tuple[str, ...] = ()
    groups: tuple[GroupAverage, ...] = ()

    def __hash__(self) -> int:
        # Outcomes are keys of caches. These two values tell nearly all apart in 0.2 µs; hashing
        # four fractions takes 3.
        return hash((self.points.numerator, self.reasons))


def open_to_second_round(regulation: ExamRules) -> tuple[tuple[TestRule, ...], ...]:
    """Return the lists of tests from which a candidate called to the second round chooses.

    One list, of which `choose` tests are taken, or several, each of which gives one; no list
    without a second round. Only compulsory tests are ever open, and none that is a difference.
    """
    second = regulation.second_round
    if second is None:
        return ()
    tests = tuple(t for t in regulation.tests if not t.optional and not t.in_difference)
    if isinstance(second.among, str):
        return (tuple(test for test in tests if second.among in ("", test.group)),)
    lists = [second.among] if one_list(second.among) else second.among
    return tuple(tuple(test for test in tests if test.code in codes) for codes in lists)


def one_list(among: Sequence[str] | Sequence[Sequence[str]]) -> bool:
    """Whether the codes are one list, and not lists that each give one test."""
    return all(isinstance(codes, str) for codes in among)
