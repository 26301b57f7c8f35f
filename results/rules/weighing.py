"""The worth of an entry's marks, in the integers of a `Scale`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from results.rules.regulation import (
    HIGHEST_HUNDREDTHS,
    KEPT,
    REPLACEMENT,
    WITHOUT_VALUE,
    Enrolment,
    ExamRules,
    MarkStatus,
    MarkTaken,
)
from results.rules.scale import Scale, ScaledTest, up

Worth = Fraction | int

NO_GROUP = -1
_TEN = 1000  # hundredths
_MOST_PLANS = 1 << 12


@dataclass(slots=True)
class Gaps:
    """Codes of tests or parts that stand in the way of an award.

    `missing`: without a mark; `replaced` in September; `unheld`: neither entered nor held; `absent`
    without justification; `low`: below their minimum.
    """

    missing: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unheld: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    low: list[str] = field(default_factory=list)


@dataclass(slots=True)
class WeighedMarks:
    """Worth and weight of each slot of an entry, in the order of `Scale`.

    `gaps`: None for an entry with a graded mark for each test. `bonus`: of optional tests, by group
    with a share or a cap; under -1 that of all others, with the differences, which may be below 0.
    `jury`: the jury's points, as shown. `kept`: a mark comes from an earlier session.
    """

    worth: list[Worth]
    weights: list[Worth]
    gaps: Gaps | None = None
    bonus: dict[int, Worth] | None = None
    jury: Fraction = Fraction(0)
    kept: bool = False

    def bonus_of(self, group: int) -> Worth:
        return self.bonus.get(group, 0) if self.bonus else 0

    def add_bonus(self, group: int, worth: Worth) -> None:
        if self.bonus is None:
            self.bonus = {}
        self.bonus[group] = self.bonus.get(group, 0) + worth


class Plan(NamedTuple):
    """What the tests of a regulation are for one `Enrolment`.

    `plain`: code and worth of a hundredth of each test of an entry that has one graded mark for
    each; empty where there is none such. `closed`: places of tests that are not open to the
    entry. `left_out`: places of units not entered this session. `named`: places of optional tests
    entered by name.
    """

    plain: Sequence[tuple[str, int]]
    closed: frozenset[int]
    left_out: frozenset[int]
    named: frozenset[int]


class Weigher:
    """Weighs the marks of entries under one regulation."""

    def __init__(self, regulation: ExamRules, scale: Scale) -> None:
        self._regulation, self._scale = regulation, scale
        self._replacing = regulation.force_majeure == REPLACEMENT
        self._not_taken: list[Worth] = [0] * len(scale.full)
        self._weights = [*(test.weight for test in scale.compulsory), *self._not_taken]
        # Most entries have exactly one graded mark for each test: these take a short path.
        parted = any(test.parts or test.floor for test in scale.compulsory)
        each = [*scale.compulsory, *scale.differences]
        self._plain = [] if parted else [(test.code, test.unit) for test in each]
        steps = [max(test.step, 1) for test in each]
        self._steps = steps if max(steps, default=1) > 1 else []
        self._tens = [test.unit * _TEN for test in scale.differences]
        self._plans: dict[Enrolment, Plan] = {}  # read for each entry: a plain dictionary

    def weigh(
        self, marks: Iterable[MarkTaken], enrolment: Enrolment
    ) -> tuple[WeighedMarks, dict[int, MarkTaken]]:
        """Return the marks of the first round weighed, and those of the second by place.

        Raises `ValueError` for impossible marks, and for a unit that is unknown.
        """
        plan = self._plans.get(enrolment)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[enrolment] = self._plan(enrolment)
        marks = tuple(marks)
        if marks and (weighed := self._weigh_graded(marks, plan)):
            return weighed, {}
        first, second = self._by_place(marks)
        return self._weigh_all(first, plan), second

    def _plan(self, enrolment: Enrolment) -> Plan:
        """Return the `Plan` of an enrolment. Raises `ValueError` for a unit that is unknown."""
        units, subjects, status = enrolment
        places = self._scale.places
        if unknown := {code for code in units | subjects if code not in places}:
            raise ValueError(f"{self._regulation.code} has no unit {sorted(unknown)}")
        closed, left_out, named = set(), set(), set()
        for test in self._regulation.tests:
            place = places[test.code]
            if status and test.statuses and status not in test.statuses:
                closed.add(place)
            elif test.optional:
                if test.code in units | subjects:
                    named.add(place)
            elif units and test.code not in units:
                marked = test.parts or (test,)
                left_out |= {places[unit.code] for unit in marked if unit.code not in units}
        plain = [] if closed or left_out or named else self._plain
        return Plan(plain, frozenset(closed), frozenset(left_out), frozenset(named))

    def _weigh_graded(self, marks: Sequence[MarkTaken], plan: Plan) -> WeighedMarks | None:
        """Weigh graded marks, one for each test in its order; None for any other marks."""
        if len(marks) != len(plan.plain):
            return None
        worth: list[Worth] = []
        for (code, unit), (test, value, status, round_, _) in zip(plan.plain, marks, strict=True):
            if status or test != code or round_ != 1 or value is None:
                return None
            if not 0 <= value <= HIGHEST_HUNDREDTHS:
                return None
            worth.append(unit * value)
        if self._steps and any(
            mark.value and mark.value % step for step, mark in zip(self._steps, marks, strict=True)
        ):
            return None
        if not self._tens:
            return WeighedMarks(worth + self._not_taken, self._weights)
        compulsory, beside = worth[: -len(self._tens)], worth[-len(self._tens) :]
        bonus = {NO_GROUP: sum(beside) - sum(self._tens)}
        return WeighedMarks(compulsory + self._not_taken, self._weights, bonus=bonus)

    def _by_place(
        self, marks: Iterable[MarkTaken]
    ) -> tuple[list[MarkTaken | None], dict[int, MarkTaken]]:
        """Return first-round marks by place and second-round marks by place, each checked."""
        places = self._scale.places
        first: list[MarkTaken | None] = [None] * len(places)
        second: dict[int, MarkTaken] = {}
        for mark in marks:
            code, value, status, round_, _origin = mark
            place = places.get(code, -1)
            if not status or status in KEPT:
                sound = value is not None and 0 <= value <= HIGHEST_HUNDREDTHS
            else:
                sound = status in WITHOUT_VALUE and not value
            if place < 0 or not sound:
                raise ValueError(f"{self._regulation.code} has no use for {mark}")
            if round_ == 1 and first[place] is None:
                first[place] = mark
            elif round_ == 2 and place not in second and status not in KEPT:
                second[place] = mark
            else:
                raise ValueError(f"a second mark, or one of no round: {mark}")
        return first, second

    def _weigh_all(self, first: Sequence[MarkTaken | None], plan: Plan) -> WeighedMarks:
        gaps = Gaps()
        weighed = WeighedMarks([], [], gaps)
        for test in self._scale.compulsory:
            mark = first[test.place]
            if test.place in plan.closed:
                _add(test, 0, 0, weighed)
            elif test.parts and mark is None:
                self._weigh_parts(test, first, plan, weighed, gaps)
            else:
                if mark is not None and test.parts:
                    _refuse_own_mark(test, mark, first)
                _add(test, *self._weigh_one(test, mark, plan, weighed, gaps), weighed)
        self._weigh_options(first, plan, weighed, gaps)
        if self._tens:
            self._weigh_differences(first, plan, weighed, gaps)
        return weighed

    def _weigh_options(
        self, first: Sequence[MarkTaken | None], plan: Plan, weighed: WeighedMarks, gaps: Gaps
    ) -> None:
        for test in self._scale.full:
            mark = None if test.place in plan.closed else first[test.place]
            if mark is None and test.place not in plan.named:
                _add(test, 0, 0, weighed)
            elif mark is not None and mark.status == MarkStatus.ABSENT:
                _add(test, 0, test.weight, weighed)  # an option eliminates nobody
            else:
                _add(test, *self._weigh_one(test, mark, plan, weighed, gaps), weighed)
        for test in self._scale.excess:
            mark = first[test.place]
            if test.place in plan.closed:
                continue
            if mark is None and test.place in plan.named:
                gaps.missing.append(test.code)
            if mark is not None and mark.value is not None:
                over = max(0, value_of(mark, test.step) - _TEN)
                weighed.add_bonus(test.group, test.unit * over)

    def _weigh_differences(
        self, first: Sequence[MarkTaken | None], plan: Plan, weighed: WeighedMarks, gaps: Gaps
    ) -> None:
        for test in self._scale.differences:
            if test.place in plan.closed:
                continue
            worth, weight = self._weigh_one(test, first[test.place], plan, weighed, gaps)
            if weight:
                weighed.add_bonus(NO_GROUP, worth - test.unit * _TEN)

    def _weigh_one(
        self,
        test: ScaledTest,
        mark: MarkTaken | None,
        plan: Plan,
        weighed: WeighedMarks,
        gaps: Gaps,
    ) -> tuple[Worth, int]:
        """Return worth and weight of the mark of a whole test, and note in `gaps` what it entails.

        An exempt test leaves both sums, as one that is replaced, and one that is not where others
        are; an absence counts 0, and so does force majeure where nothing is replaced.
        """
        if mark is None:
            (gaps.unheld if test.place in plan.left_out else gaps.missing).append(test.code)
            return 0, 0
        if not mark.status or mark.status in KEPT:
            weighed.kept |= mark.status in KEPT
            return test.unit * value_of(mark, test.step), test.weight
        if mark.status == MarkStatus.FORCE_MAJEURE and (self._replacing or not test.replaced):
            if test.replaced:
                gaps.replaced.append(test.code)
            return 0, 0
        if mark.status == MarkStatus.ABSENT:
            gaps.absent.append(test.code)
        return 0, 0 if mark.status == MarkStatus.EXEMPT else test.weight

    def _weigh_parts(
        self,
        test: ScaledTest,
        first: Sequence[MarkTaken | None],
        plan: Plan,
        weighed: WeighedMarks,
        gaps: Gaps,
    ) -> None:
        """Add the exact average of the parts that count to the slots of their test."""
        totals = [0] * len(test.slots)
        weights = [0] * len(test.slots)
        for part in test.parts:
            mark = first[part.place]
            if mark is None:
                unheld = part.place in plan.left_out
                (gaps.unheld if unheld else gaps.missing).append(part.code)
            elif mark.status == MarkStatus.FORCE_MAJEURE and (self._replacing or not test.replaced):
                if test.replaced:
                    gaps.replaced.append(part.code)
            elif mark.status != MarkStatus.EXEMPT:
                weights[part.slot] += part.weight
                totals[part.slot] += part.weight * value_of(mark, test.step)
                weighed.kept |= mark.status in KEPT
                if mark.status == MarkStatus.ABSENT:
                    gaps.absent.append(part.code)
        _add_parts(test, totals, weights, weighed)


def _add(test: ScaledTest, worth: Worth, weight: int, weighed: WeighedMarks) -> None:
    """Add worth and weight of a whole test to its slots, and note a mark below its minimum."""
    if weighed.gaps and weight and worth < test.floor:
        weighed.gaps.low.append(test.code)
    if len(test.slots) == 1:
        weighed.worth.append(worth)
        weighed.weights.append(weight)
        return
    for of_slot in test.slot_weights:
        weighed.worth.append(whole(Fraction(worth * of_slot, test.weight)))
        weighed.weights.append(of_slot if weight else 0)


def _add_parts(
    test: ScaledTest, totals: Sequence[int], weights: Sequence[int], weighed: WeighedMarks
) -> None:
    """Add the parts of a test, by slot: hundredths × coefficients, and coefficients."""
    total, weight = sum(totals), sum(weights)
    if not weight:
        _add(test, 0, 0, weighed)
        return
    if len(test.slots) == 1:
        if test.step:
            total, weight = up(-(-total // weight), test.step), 1
        _add(test, whole(Fraction(test.unit * total, weight)), test.weight, weighed)
        return
    if weighed.gaps and Fraction(test.unit * total, weight) < test.floor:
        weighed.gaps.low.append(test.code)
    for of_slot, weight_of_slot in zip(totals, weights, strict=True):
        weighed.worth.append(whole(Fraction(test.unit * of_slot, weight)))
        weighed.weights.append(whole(Fraction(test.weight * weight_of_slot, weight)))


def value_of(mark: MarkTaken, step: int) -> int:
    """Return the hundredths that a mark counts for: one given this session goes up to its step."""
    value = mark.value or 0
    return value if step <= 1 or mark.status else up(value, step)


def whole(worth: Fraction) -> Worth:
    """Return an integer for a fraction that is one: sums of integers are faster."""
    return worth.numerator if worth.denominator == 1 else worth


def _refuse_own_mark(test: ScaledTest, mark: MarkTaken, first: Sequence[MarkTaken | None]) -> None:
    if not mark.status or any(first[part.place] is not None for part in test.parts):
        raise ValueError(f"{test.code} is marked by its parts: {mark}")
