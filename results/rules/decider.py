"""Decide on entries: marks of a candidate in, outcome under one regulation out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from results.rules.regulation import (
    ELIMINATORY,
    HIGHEST_HUNDREDTHS,
    KEPT,
    SECOND_ROUND,
    WITHOUT_VALUE,
    ExamRules,
    MarkStatus,
    MarkTaken,
    Outcome,
    Verdict,
    open_to_second_round,
)
from results.rules.scale import Minimum, Scale, ScaledTest
from results.rules.weighing import WeighedMarks, Worth, weigh
from results_portal.caches import BoundedCache

Points = Fraction | Decimal | int

_MOST_OUTCOMES = 1 << 16


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
        self._weights = [test.weight for test in scale.compulsory]
        # Most entries have exactly one graded mark for each test: these take a short path.
        parted = any(test.parts or test.floor for test in scale.compulsory)
        self._plain = [] if parted else [(test.code, test.unit) for test in scale.compulsory]
        self._divisors: dict[int, tuple[Fraction, Fraction]] = {}
        self._outcomes: BoundedCache[tuple[Any, ...], Outcome] = BoundedCache(_MOST_OUTCOMES)

    def decide(
        self,
        marks: Iterable[MarkTaken],
        *,
        round: int = 1,
        withheld: bool = False,
        jury_points: Points = 0,
        called: bool | None = None,
    ) -> Outcome:
        """Return the outcome of one entry: see `results.rules.decide`."""
        if withheld:
            nothing = Fraction(0)
            return Outcome(Verdict.WITHHELD, 1, None, nothing, nothing, None, nothing)
        if round not in (1, 2) or jury_points < 0:
            raise ValueError(f"round {round}, jury points {jury_points}")
        marks = tuple(marks)
        second: dict[int, MarkTaken] = {}
        weighed = self._weigh_graded(marks) if marks else None
        if weighed is None:
            first, second = self._by_place(marks)
            weighed = self._weigh_all(first)
        bonus = weighed.added
        if jury_points:
            weighed.added += self._whole(Fraction(jury_points) * self._scale.points)
        outcome = self._after_first_round(weighed)
        if round == 1 or self._called_from is None:
            return outcome
        if called is None:
            called = outcome.verdict is Verdict.CONTROL
            if not called and second and jury_points:
                # Points that would have admitted in the first round were granted after the second.
                raised, weighed.added = weighed.added, bonus
                called = self._after_first_round(weighed).verdict is Verdict.CONTROL
                weighed.added = raised
        if called and outcome.verdict not in (Verdict.INCOMPLETE, Verdict.ELIMINATED):
            return self._after_second_round(weighed, second)
        return outcome

    def _weigh_graded(self, marks: Sequence[MarkTaken]) -> WeighedMarks | None:
        """Weigh graded marks, one for each test in its order; None for any other marks."""
        if len(marks) != len(self._plain):
            return None
        worth: list[Worth] = []
        for (code, unit), (test, value, status, round_, _) in zip(self._plain, marks, strict=True):
            if status or test != code or round_ != 1 or value is None:
                return None
            if not 0 <= value <= HIGHEST_HUNDREDTHS:
                return None
            worth.append(unit * value)
        return WeighedMarks(worth, self._weights)

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
                raise ValueError(f"{self.regulation.code} has no use for {mark}")
            if round_ == 1 and first[place] is None:
                first[place] = mark
            elif round_ == 2 and place not in second and status not in KEPT:
                second[place] = mark
            else:
                raise ValueError(f"a second mark, or one of no round: {mark}")
        return first, second

    def _weigh_all(self, first: Sequence[MarkTaken | None]) -> WeighedMarks:
        weighed = WeighedMarks()
        for test in self._scale.compulsory:
            mark = first[test.place]
            if test.parts:
                worth, weight = self._weigh_parts(test, mark, first, weighed)
            elif mark is None:
                weighed.missing.append(test.code)
                worth, weight = 0, 0
            elif not mark.status:
                worth, weight = test.unit * (mark.value or 0), test.weight
            else:
                worth, weight = weigh(test, mark, weighed)
            weighed.worth.append(worth)
            weighed.weights.append(weight)
            if weight and worth < test.floor:
                weighed.low.append(test.code)
        for test in self._scale.optional:
            mark = first[test.place]
            if mark is not None and mark.value is not None:
                weighed.added += test.unit * max(0, mark.value - 1000)
        return weighed

    def _weigh_parts(
        self,
        test: ScaledTest,
        whole: MarkTaken | None,
        first: Sequence[MarkTaken | None],
        weighed: WeighedMarks,
    ) -> tuple[Worth, int]:
        """Return worth and weight of a test with parts: the exact average of those not exempt."""
        if whole is not None:
            if not whole.status or any(first[part.place] is not None for part in test.parts):
                raise ValueError(f"{test.code} is marked by its parts: {whole}")
            return weigh(test, whole, weighed)
        total = weights = 0
        for part in test.parts:
            mark = first[part.place]
            if mark is None:
                weighed.missing.append(part.code)
            elif mark.status != MarkStatus.EXEMPT:
                weights += part.weight
                total += part.weight * (mark.value or 0)
                weighed.kept |= mark.status in KEPT
                if mark.status == MarkStatus.ABSENT:
                    weighed.absent.append(part.code)
        if not weights:
            return 0, 0
        return self._whole(Fraction(test.unit * total, weights)), test.weight

    def _after_first_round(self, weighed: WeighedMarks) -> Outcome:
        weight = sum(weighed.weights)
        points = sum(weighed.worth) + weighed.added
        if weighed.missing or not weight:
            reasons = [f"MISSING:{code}" for code in weighed.missing] or ["NOTHING_TO_AVERAGE"]
            return self._outcome(Verdict.INCOMPLETE, points, weight, reasons, average=False)
        absent = weighed.absent if self._eliminatory else []
        if absent or weighed.low:
            reasons = [f"ABSENT:{code}" for code in absent]
            reasons += [f"BELOW_MINIMUM:{code}" for code in weighed.low if code not in absent]
            return self._outcome(Verdict.ELIMINATED, points, weight, reasons, average=not absent)
        if points >= self._pass * weight:
            reasons = _groups_below(self._minima, weighed.worth, weighed.weights)
            if reasons:
                return self._outcome(Verdict.REFUSED, points, weight, reasons)
            mention = self._mention(points, weight, weighed.kept)
            return self._outcome(Verdict.ADMITTED, points, weight, mention=mention)
        if self._called_from is None or points < self._called_from * weight:
            return self._outcome(Verdict.REFUSED, points, weight)
        reasons = _groups_below(self._called_minima, weighed.worth, weighed.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.CONTROL
        return self._outcome(verdict, points, weight, reasons)

    def _after_second_round(self, weighed: WeighedMarks, second: dict[int, MarkTaken]) -> Outcome:
        """Return the outcome with the better of two marks in each retaken test; no mention.

        Each test that was to be chosen needs a mark or an absence, or the entry is incomplete.
        """
        worth = list(weighed.worth)
        taken: Counter[int] = Counter()
        for place, mark in second.items():
            rank, number = self._open.get(place, (-1, -1))
            taken[number] += 1
            if rank < 0 or not weighed.weights[rank] or taken[number] > self.from_each:
                raise ValueError(f"no second round for {mark}")
            test = self._scale.compulsory[rank]
            worth[rank] = max(worth[rank], test.unit * (mark.value or 0))
        weight = sum(weighed.weights)
        points = sum(worth) + weighed.added
        missing = self._to_retake(weighed.weights) - sum(taken.values())
        if missing:
            reasons = [f"{SECOND_ROUND}:{missing}"]
            incomplete = Verdict.INCOMPLETE
            return self._outcome(incomplete, points, weight, reasons, round=2, average=False)
        if points < self._pass * weight:
            return self._outcome(Verdict.REFUSED, points, weight, round=2)
        reasons = _groups_below(self._minima, worth, weighed.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.ADMITTED
        return self._outcome(verdict, points, weight, reasons, round=2)

    def _to_retake(self, weights: Sequence[int]) -> int:
        """Return the number of tests that a called candidate takes: none of those exempt."""
        open_tests = Counter(number for rank, number in self._open.values() if weights[rank])
        return sum(min(self.from_each, left) for left in open_tests.values())

    def _mention(self, points: Worth, weight: int, kept: bool) -> str | None:
        if kept and not self.regulation.mention_with_kept_marks:
            return None
        for threshold, label in self._mentions:
            if points >= threshold * weight:
                return label
        return None

    def _outcome(
        self,
        verdict: Verdict,
        points: Worth,
        weight: int,
        reasons: Sequence[str] = (),
        *,
        round: int = 1,
        mention: str | None = None,
        average: bool = True,
    ) -> Outcome:
        """Return the `Outcome` of these values, shared by all entries that have the same."""
        key = (verdict, round, mention, points, weight, average, *reasons)
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._make_outcome(verdict, points, weight, reasons, round, mention, average)
            self._outcomes[key] = outcome
        return outcome

    def _make_outcome(
        self,
        verdict: Verdict,
        points: Worth,
        weight: int,
        reasons: Sequence[str],
        round: int,
        mention: str | None,
        average: bool,
    ) -> Outcome:
        scale = self._scale
        if weight not in self._divisors:
            divisor = Fraction(weight, scale.weights)
            self._divisors[weight] = divisor, divisor * Fraction(self.regulation.pass_mark)
        divisor, required = self._divisors[weight]
        mean = Fraction(points, scale.average * weight) if average else None
        exact = Fraction(points, scale.points)
        return Outcome(verdict, round, mention, exact, divisor, mean, required, tuple(reasons))

    @staticmethod
    def _whole(worth: Fraction) -> Worth:
        return worth.numerator if worth.denominator == 1 else worth


@lru_cache(maxsize=256)
def decider(regulation: ExamRules) -> Decider:
    """Return the `Decider` of a regulation, made once."""
    return Decider(regulation)


def _groups_below(
    minima: Sequence[Minimum], worth: Sequence[Worth], weights: Sequence[int]
) -> list[str]:
    """Return a reason for each group below its minimum; never one whose tests are all exempt."""
    return [
        f"GROUP_MINIMUM:{group}"
        for group, threshold, tests in minima
        if sum(worth[i] for i in tests) < threshold * sum(weights[i] for i in tests)
    ]
