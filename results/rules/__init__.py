"""The jury's rules: pure functions from marks to an outcome, exact, without database or clock.

The rest of the project imports from here and from no module inside the package. Sources: the
articles named in each docstring; each regulation file names those of its numbers. Where the
sources leave a question open, these rules answer as follows.

- Missing marks come first: an entry that lacks one is incomplete even if it has an eliminatory
  absence, for its score sheet could not be printed. A withheld entry is withheld whatever its
  marks, and its outcome carries nothing else.
- Parts are units (D. 643-15): absence from a part is absence from a compulsory test (D. 643-24).
  Force majeure counts 0 for the part; an exempt part leaves the average of its test.
- A test with parts may still have one status for the whole (absent, exempt, kept from the time
  when such tests could be kept), but no mark of its own.
- Options alone award nothing: an entry exempt from every compulsory test has nothing to average.
- An optional test only ever adds what goes beyond 10, in both rounds and both forms of the exam,
  unless its regulation counts it in full (bac, D. 334-8): then with its coefficient, for whoever
  enters it. An absence from an option eliminates nobody; where it counts in full it counts 0.
- Absences and force majeure first: an entry without final decision has whatever marks it has, and
  is awarded nothing. A unit that was not entered but has a mark is taken as entered.
- Where force majeure is replaced, one in a compulsory test, in a part of one or in an option that
  counts in full defers the decision; the replaced test leaves both sums. One in a test that is not
  replaced (`TestRule.replaced`) defers nothing and exempts from that test. In the session that
  replaces, force majeure counts 0 (`results.regulations.rulebook.load`).
- A test that counts as a difference (project of the bac pro) moves the total and no group mean; its
  absence is that of any compulsory test. No total is below 0.
- A group with a share, all of whose tests are exempt, leaves the average with its share. The bonus
  of an option goes to its group, before the cap. Group minima are compared without either.
- A mark in a test that the status of the entry does not open counts for nothing.
- A mark that was kept from another session keeps the step it had.
- A group all of whose tests are exempt reaches its minimum (D. 337-78).
- A second-round mark is given to a whole test; no-show there leaves the first mark.
- The points of the jury enter the total, and so the average and the mention; they neither cancel
  an elimination nor raise a group above its minimum. They are no more than what is missing to the
  nearest threshold above (`nearest_raise`); `decide` weighs any number, to compare.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from results.rules.control import Choice, ControlOptions, control_options, options_of
from results.rules.decider import EVERYTHING, Decider, Points, decider
from results.rules.lines import (
    AcquiredUnit,
    PartLine,
    TestLine,
    is_open,
    line_of,
    lines,
    may_be_carried,
    unit_kept,
    units_acquired,
)
from results.rules.raising import Raise, nearest_raise, thresholds
from results.rules.regulation import (
    ABSENCES,
    COUNTS,
    DIFFERENCE,
    EXCESS,
    FORCE_MAJEURES,
    HIGHEST_HUNDREDTHS,
    HIGHEST_MARK,
    KEEPING,
    KEPT,
    REPLACEMENT,
    SECOND_ROUND,
    STEPS,
    UNDECIDED,
    UP,
    WITHOUT_SHEET,
    WITHOUT_VALUE,
    ZERO,
    Enrolment,
    ExamRules,
    GroupAverage,
    KeptRule,
    MarkStatus,
    MarkTaken,
    MentionRule,
    Outcome,
    PartRule,
    SecondRound,
    TestRule,
    Verdict,
    open_to_second_round,
)

__all__ = [
    "ABSENCES",
    "COUNTS",
    "DIFFERENCE",
    "EVERYTHING",
    "EXCESS",
    "FORCE_MAJEURES",
    "HIGHEST_HUNDREDTHS",
    "HIGHEST_MARK",
    "KEEPING",
    "KEPT",
    "REPLACEMENT",
    "SECOND_ROUND",
    "STEPS",
    "UNDECIDED",
    "UP",
    "WITHOUT_SHEET",
    "WITHOUT_VALUE",
    "ZERO",
    "AcquiredUnit",
    "Choice",
    "ControlOptions",
    "Decider",
    "Enrolment",
    "ExamRules",
    "GroupAverage",
    "KeptRule",
    "MarkStatus",
    "MarkTaken",
    "MentionRule",
    "Outcome",
    "PartLine",
    "PartRule",
    "Points",
    "Raise",
    "SecondRound",
    "TestLine",
    "TestRule",
    "Verdict",
    "control_options",
    "decide",
    "decider",
    "is_open",
    "line_of",
    "lines",
    "may_be_carried",
    "nearest_raise",
    "open_to_second_round",
    "options_of",
    "show",
    "show_points",
    "thresholds",
    "unit_kept",
    "units_acquired",
]

_MOST_DECIMALS = 4


def decide(
    regulation: ExamRules,
    marks: Iterable[MarkTaken],
    *,
    round: int = 1,
    withheld: bool = False,
    jury_points: Points = 0,
    called: bool | None = None,
    enrolment: Enrolment = EVERYTHING,
) -> Outcome:
    """Return the outcome of an entry after `round` (1 or 2).

    After round 1, marks of the second are ignored. After round 2 the better of two marks counts
    for an entry called to it; any other keeps its outcome of the first. `called` overrides the
    rule's own call to the second round, where the jury decided otherwise (None: as the rule says).
    `jury_points`, marks × coefficients, are added to the points obtained; 0 gives the rule's own
    answer. `enrolment`: what the candidate has entered; every compulsory test, unless it says.

    Raises `ValueError` for impossible marks: an unknown code, two marks for the same test and
    round, a value out of range, a second-round mark in a test that is not open to the candidate;
    and for units that the regulation does not have.
    """
    return decider(regulation).decide(
        marks,
        round=round,
        withheld=withheld,
        jury_points=jury_points,
        called=called,
        enrolment=enrolment,
    )


@lru_cache(maxsize=1 << 16)
def show(value: Points) -> str:
    """Return a mark or an average as shown: two decimals, truncated ("9.95", "10.00").

    Never rounded up: "10.00" on a page always means that ten was reached.
    """
    exact = Fraction(value)
    hundredths = exact.numerator * 100 // exact.denominator
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@lru_cache(maxsize=1 << 16)
def show_points(value: Points) -> str:
    """Return points or a coefficient as shown: exact, without trailing zeros ("248", "46.8").

    A value without an exact form in four decimals is truncated to two.
    """
    exact = Fraction(value)
    if 10**_MOST_DECIMALS % exact.denominator:
        return show(exact)
    shown = f"{Decimal(exact.numerator) / exact.denominator:.{_MOST_DECIMALS}f}"
    return shown.rstrip("0").rstrip(".")
