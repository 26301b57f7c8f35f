"""Decide on entries: marks of a candidate in, outcome under one regulation out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from results.rules.regulation import (
    ELIMINATORY,
    SECOND_ROUND,
    UNDECIDED,
    Enrolment,
    ExamRules,
    GroupAverage,
    MarkTaken,
    Outcome,
    Verdict,
    open_to_second_round,
)
from results.rules.scale import Minimum, Scale
from results.rules.weighing import (
    NO_GROUP,
    Gaps,
    WeighedMarks,
    Weigher,
    Worth,
    value_of,
    whole,
)
from results_portal.caches import BoundedCache

Points = Fraction | Decimal | int

_MOST_OUTCOMES = 1 << 16
_NOTHING = Fraction(0)
_NEVER_CALLED = UNDECIDED | {Verdict.INCOMPLETE, Verdict.ELIMINATED}

EVERYTHING = Enrolment()


# Worth and weight that the average is made of; with shares, those of each group too.
Total = tuple[Worth, Worth, tuple[tuple[Worth, Worth], ...]]


class Decider:
    """Decides on many entries under one regulation, in about 10 µs each.

    `open_lists`: those of the second round; `from_each`: the number of tests taken of each.
    """

    def __init__(self, regulation: ExamRules) -> None:
        self.regulation = regulation
        self._scale = scale = Scale(regulation)
        self._eliminatory = regulation.absence == ELIMINATORY
        self._pass = scale.threshold(regulation.pass_mark)
        self._minima = scale.minima(regulation.group_minimum)
        self._mentions = sorted(
            ((scale.threshold(m.from_average), m.label) for m in regulation.mentions), reverse=True
        )
        self._called_from: int | None = None
        self._called_minima: tuple[Minimum, ...] = ()
        if second := regulation.second_round:
            self._called_from = scale.threshold(second.from_average)
            self._called_minima = scale.minima(second.group_minimum)
        ranks = {test.code: rank for rank, test in enumerate(scale.compulsory)}
        self.open_lists = lists = open_to_second_round(regulation)
        self._open = {
            scale.places[test.code]: (ranks[test.code], number)
            for number, tests in enumerate(lists)
            for test in tests
        }
        self.from_each = second.choose if second and len(lists) == 1 else 1
        self._weigher = Weigher(regulation, scale)
        self._divisors: dict[Worth, tuple[Fraction, Fraction]] = {}
        self._outcomes: BoundedCache[tuple[Any, ...], Outcome] = BoundedCache(_MOST_OUTCOMES)

    def decide(
        self,
        marks: Iterable[MarkTaken],
        *,
        round: int = 1,
        withheld: bool = False,
        jury_points: Points = 0,
        called: bool | None = None,
        enrolment: Enrolment = EVERYTHING,
    ) -> Outcome:
        """Return the outcome of one entry: see `results.rules.decide`."""
        if withheld:
            nothing = Fraction(0)
            return Outcome(Verdict.WITHHELD, 1, None, nothing, nothing, None, nothing)
        if round not in (1, 2) or jury_points < 0:
            raise ValueError(f"round {round}, jury points {jury_points}")
        weighed, second = self._weigher.weigh(marks, enrolment)
        if jury_points:
            weighed.jury = Fraction(jury_points)
        outcome = self._after_first_round(weighed)
        if round == 1 or self._called_from is None:
            return outcome
        if called is None:
            called = outcome.verdict is Verdict.CONTROL
            if not called and second and jury_points:
                # Points that would have admitted in the first round were granted after the second.
                weighed.jury = Fraction(0)
                called = self._after_first_round(weighed).verdict is Verdict.CONTROL
                weighed.jury = Fraction(jury_points)
        if called and outcome.verdict not in _NEVER_CALLED:
            return self._after_second_round(weighed, second)
        return outcome

    def _after_first_round(self, weighed: WeighedMarks) -> Outcome:
        total = points, weight, _groups = self._total(weighed.worth, weighed)
        if weighed.gaps is not None and (outcome := self._barred(weighed.gaps, weighed, total)):
            return outcome
        if points >= self._pass * weight:
            reasons = _groups_below(self._minima, weighed.worth, weighed.weights)
            if reasons:
                return self._outcome(Verdict.REFUSED, total, reasons)
            mention = self._mention(points, weight, weighed.kept)
            return self._outcome(Verdict.ADMITTED, total, mention=mention)
        if self._called_from is None or points < self._called_from * weight:
            return self._outcome(Verdict.REFUSED, total)
        reasons = _groups_below(self._called_minima, weighed.worth, weighed.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.CONTROL
        return self._outcome(verdict, total, reasons)

    def _barred(self, gaps: Gaps, weighed: WeighedMarks, total: Total) -> Outcome | None:
        """Return the outcome of an entry that marks do not decide: the first verdict that holds."""
        if gaps.missing:
            reasons = [f"MISSING:{code}" for code in gaps.missing]
            return self._outcome(Verdict.INCOMPLETE, total, reasons, average=False)
        if gaps.replaced:
            reasons = [f"REPLACED:{code}" for code in gaps.replaced]
            return self._outcome(Verdict.DEFERRED, total, reasons, average=False)
        if gaps.unheld:
            reasons = [f"NOT_HELD:{code}" for code in gaps.unheld]
            return self._outcome(Verdict.NOT_FINAL, total, reasons, average=False)
        if not any(weighed.weights[: self._scale.compulsory_slots]):
            return self._outcome(Verdict.INCOMPLETE, total, ["NOTHING_TO_AVERAGE"], average=False)
        absent = gaps.absent if self._eliminatory else []
        if absent or gaps.low:
            reasons = [f"ABSENT:{code}" for code in absent]
            reasons += [f"BELOW_MINIMUM:{code}" for code in gaps.low if code not in absent]
            return self._outcome(Verdict.ELIMINATED, total, reasons, average=not absent)
        return None

    def _after_second_round(self, weighed: WeighedMarks, second: dict[int, MarkTaken]) -> Outcome:
        """Return the outcome with the better of two marks in each retaken test; no mention.

        Each test that was to be chosen needs a mark or an absence, or the entry is incomplete.
        """
        worth = list(weighed.worth)
        taken: Counter[int] = Counter()
        for place, mark in second.items():
            rank, number = self._open.get(place, (-1, -1))
            taken[number] += 1
            test = self._scale.compulsory[rank]
            open_weight = sum(weighed.weights[slot] for slot in test.slots)
            if rank < 0 or not open_weight or taken[number] > self.from_each:
                raise ValueError(f"no second round for {mark}")
            value = value_of(mark, test.step)
            if test.unit * value > sum(worth[slot] for slot in test.slots):
                for slot in test.slots:
                    worth[slot] = value * weighed.weights[slot] * (self._scale.average // 100)
        total = points, weight, _groups = self._total(worth, weighed)
        missing = self._to_retake(weighed.weights) - sum(taken.values())
        if missing:
            reasons = [f"{SECOND_ROUND}:{missing}"]
            return self._outcome(Verdict.INCOMPLETE, total, reasons, round=2, average=False)
        if points < self._pass * weight:
            return self._outcome(Verdict.REFUSED, total, round=2)
        reasons = _groups_below(self._minima, worth, weighed.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.ADMITTED
        return self._outcome(verdict, total, reasons, round=2)

    def _to_retake(self, weights: Sequence[Worth]) -> int:
        """Return the number of tests that a called candidate takes: none of those exempt."""
        slots = [test.slots for test in self._scale.compulsory]
        open_tests = Counter(
            number
            for rank, number in self._open.values()
            if any(weights[slot] for slot in slots[rank])
        )
        return sum(min(self.from_each, left) for left in open_tests.values())

    def _total(self, worth: Sequence[Worth], weighed: WeighedMarks) -> Total:
        """Return the sums that the average is made of: each group has its cap, and its share."""
        weights, groups = weighed.weights, self._scale.groups
        if not groups:
            points = sum(worth)
            if weighed.bonus:
                points = max(0, points + weighed.bonus_of(NO_GROUP))
            if weighed.jury:
                points += whole(weighed.jury * self._scale.points)
            return points, sum(weights), ()
        sums = []
        for rank, (_name, _share, cap, slots) in enumerate(groups):
            of_group = sum(worth[slot] for slot in slots) + weighed.bonus_of(rank)
            weight = sum(weights[slot] for slot in slots)
            sums.append((of_group if cap is None else min(of_group, cap * weight), weight))
        if not self.regulation.shares:
            points = sum(of_group for of_group, _weight in sums) + weighed.bonus_of(NO_GROUP)
            points += sum(worth[slot] for slot in self._scale.ungrouped)
            points += whole(weighed.jury * self._scale.points)
            return points, sum(weights), ()
        # A group all of whose tests are exempt leaves the average with its share.
        common = lcm(*(int(weight) for _worth, weight in sums if weight))
        points, weight = 0, 0
        for (of_group, weight_of_group), group in zip(sums, groups, strict=True):
            if weight_of_group:
                points += group.share * of_group * (common // weight_of_group)
                weight += group.share * common
        if weighed.jury:
            points += whole(weighed.jury * self._scale.average * weight / 100)
        return points, weight, tuple(sums)

    def _mention(self, points: Worth, weight: Worth, kept: bool) -> str | None:
        if kept and not self.regulation.mention_with_kept_marks:
            return None
        for threshold, label in self._mentions:
            if points >= threshold * weight:
                return label
        return None

    def _outcome(
        self,
        verdict: Verdict,
        total: Total,
        reasons: Sequence[str] = (),
        *,
        round: int = 1,
        mention: str | None = None,
        average: bool = True,
    ) -> Outcome:
        """Return the `Outcome` of these values, shared by all entries that have the same."""
        key = (verdict, round, mention, total, average, *reasons)
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._make_outcome(verdict, total, reasons, round, mention, average)
            self._outcomes[key] = outcome
        return outcome

    def _make_outcome(
        self,
        verdict: Verdict,
        total: Total,
        reasons: Sequence[str],
        round: int,
        mention: str | None,
        average: bool,
    ) -> Outcome:
        points, weight, groups = total
        divisor, required = self._divisor(weight)
        mean = Fraction(points, self._scale.average * weight) if weight else _NOTHING
        exact = mean * divisor if groups else Fraction(points, self._scale.points)
        return Outcome(
            verdict,
            round,
            mention,
            exact,
            divisor,
            mean if average else None,
            required,
            tuple(reasons),
            self._group_averages(groups) if groups else (),
        )

    def _divisor(self, weight: Worth) -> tuple[Fraction, Fraction]:
        """Return the divisor shown, and the points required; with shares the divisor is 100."""
        if weight not in self._divisors:
            divisor = Fraction(weight, self._scale.weights)
            if self.regulation.shares:
                divisor = Fraction(100)
            self._divisors[weight] = divisor, divisor * Fraction(self.regulation.pass_mark)
        return self._divisors[weight]

    def _group_averages(self, sums: Sequence[tuple[Worth, Worth]]) -> tuple[GroupAverage, ...]:
        return tuple(
            GroupAverage(
                name, share, Fraction(worth, self._scale.average * weight) if weight else None
            )
            for (name, share), (worth, weight) in zip(
                self.regulation.shares.items(), sums, strict=True
            )
        )


@lru_cache(maxsize=256)
def decider(regulation: ExamRules) -> Decider:
    """Return the `Decider` of a regulation, made once."""
    return Decider(regulation)


def _groups_below(
    minima: Sequence[Minimum], worth: Sequence[Worth], weights: Sequence[Worth]
) -> list[str]:
    """Return a reason for each group below its minimum; never one whose tests are all exempt."""
    return [
        f"GROUP_MINIMUM:{group}"
        for group, threshold, slots in minima
        if sum(worth[i] for i in slots) < threshold * sum(weights[i] for i in slots)
    ]
