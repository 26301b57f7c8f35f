"""Deciding on entries in whole numbers: exact, and quick enough for a whole session."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from results.regulation import (
    ABSENCES,
    ELIMINATORY,
    HIGHEST_HUNDREDTHS,
    KEPT,
    WITHOUT_VALUE,
    MarkStatus,
    MarkTaken,
    Outcome,
    Regulation,
    TestRule,
    Verdict,
    one_list,
    open_to_second_round,
)

Points = Fraction | Decimal | int


class _Part(NamedTuple):
    place: int
    code: str
    weight: int


class _Test(NamedTuple):
    """A test with its numbers scaled: `weight` its coefficient, `unit` the worth of a hundredth."""

    place: int
    code: str
    weight: int
    unit: int
    floor: int
    parts: tuple[_Part, ...]


@dataclass(slots=True)
class _Sheet:
    """What the compulsory tests of an entry are worth, in the order of the regulation."""

    worth: list[int | Fraction] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    low: list[str] = field(default_factory=list)
    bonus: int = 0
    kept: bool = False


class Decider:
    """A regulation made ready to decide on many entries.

    Everything is scaled once, so that sums and comparisons are between whole numbers: a
    coefficient counts in 1/s, a hundredth of a mark in a test in 1/(100 × s × fine) of a point.

    Raises `ValueError` for a regulation that makes no sense; files are checked with better words
    by `regulation_files`.
    """

    def __init__(self, regulation: Regulation) -> None:
        _check(regulation)
        self.regulation = regulation
        self._eliminatory = regulation.absence == ELIMINATORY
        codes = [code for test in regulation.tests for code in _codes(test)]
        self._places = {code: place for place, code in enumerate(codes)}
        scale = lcm(*(Fraction(test.coefficient).denominator for test in regulation.tests))
        self._fine = _fineness(regulation)
        self._scale = 100 * scale * self._fine
        self._divisor_scale = scale
        self._compulsory = self._scaled_tests(scale, optional=False)
        self._optional = self._scaled_tests(scale, optional=True)
        self._pass = self._threshold(regulation.pass_mark)
        self._admission_minima = self._minima(regulation.group_minimum)
        self._mentions = sorted(
            ((self._threshold(m.from_average), m.label) for m in regulation.mentions), reverse=True
        )
        self._prepare_second_round()
        self._divisors: dict[int, tuple[Fraction, Fraction]] = {}

    def _scaled_tests(self, scale: int, *, optional: bool) -> tuple[_Test, ...]:
        scaled = []
        for test in self.regulation.tests:
            if test.optional is optional:
                weight = int(Fraction(test.coefficient) * scale)
                unit = weight * self._fine
                parts = tuple(
                    _Part(self._places[part.code], part.code, part_weight)
                    for part, part_weight in zip(test.parts, _part_weights(test), strict=True)
                )
                floor = int(100 * Fraction(test.minimum or 0) * unit)
                scaled.append(_Test(self._places[test.code], test.code, weight, unit, floor, parts))
        return tuple(scaled)

    def _threshold(self, average: Decimal) -> int:
        """The worth that each unit of weight must reach on average."""
        return int(100 * Fraction(average) * self._fine)

    def _minima(self, minima: Mapping[str, Decimal]) -> tuple[tuple[str, int, list[int]], ...]:
        groups = [test.group for test in self.regulation.tests if not test.optional]
        return tuple(
            (name, self._threshold(average), [i for i, group in enumerate(groups) if group == name])
            for name, average in minima.items()
        )

    def _prepare_second_round(self) -> None:
        second = self.regulation.second_round
        self._called_from = None if second is None else self._threshold(second.from_average)
        self._called_minima = () if second is None else self._minima(second.group_minimum)
        order = {test.place: index for index, test in enumerate(self._compulsory)}
        self._open: dict[int, list[tuple[int, int]]] = {}
        for number, tests in enumerate(open_to_second_round(self.regulation)):
            for test in tests:
                place = self._places[test.code]
                self._open.setdefault(place, []).append((order[place], number))
        flat = second is not None and (isinstance(second.among, str) or one_list(second.among))
        self._from_each = second.choose if second is not None and flat else 1

    def decide(
        self,
        marks: Iterable[MarkTaken],
        *,
        round: int = 1,
        withheld: bool = False,
        jury_points: Points = 0,
        called: bool | None = None,
    ) -> Outcome:
        """See `results.rules.decide`."""
        if withheld:
            nothing = Fraction(0)
            return Outcome(Verdict.WITHHELD, 1, None, nothing, nothing, None, nothing)
        if round not in (1, 2) or jury_points < 0:
            raise ValueError(f"round {round}, jury points {jury_points}")
        first, second = self._sorted(marks)
        sheet = self._weighed(first)
        jury = self._scaled_points(jury_points) if jury_points else 0
        outcome = self._after_first_round(sheet, jury)
        if round == 2 and self._goes_on(outcome, sheet, jury, second, called):
            return self._after_second_round(sheet, jury, second)
        return outcome

    def _sorted(
        self, marks: Iterable[MarkTaken]
    ) -> tuple[list[MarkTaken | None], dict[int, MarkTaken]]:
        """First-round marks by place, second-round marks by place."""
        first: list[MarkTaken | None] = [None] * len(self._places)
        second: dict[int, MarkTaken] = {}
        places = self._places
        for mark in marks:
            code, value, status, round_, _origin = mark
            place = places.get(code, -1)
            if not status or status in KEPT:
                sound = value is not None and 0 <= value <= HIGHEST_HUNDREDTHS
            else:
                sound = status in WITHOUT_VALUE
            if place < 0 or not sound:
                raise ValueError(f"{self.regulation.code} has no place for {mark}")
            if round_ == 1 and first[place] is None:
                first[place] = mark
            elif round_ == 2 and place not in second and status not in KEPT:
                second[place] = mark
            else:
                raise ValueError(f"one mark too many, or of no round: {mark}")
        return first, second

    def _weighed(self, first: list[MarkTaken | None]) -> _Sheet:
        sheet = _Sheet()
        for test in self._compulsory:
            mark = first[test.place]
            if test.parts:
                worth, weight = self._weigh_parts(test, mark, first, sheet)
            elif mark is None:
                sheet.missing.append(test.code)
                worth, weight = 0, 0
            elif not mark.status:
                worth, weight = test.unit * (mark.value or 0), test.weight
            else:
                worth, weight = _weigh(test, mark, sheet)
            sheet.worth.append(worth)
            sheet.weights.append(weight)
            if weight and worth < test.floor:
                sheet.low.append(test.code)
        for test in self._optional:
            mark = first[test.place]
            if mark is not None and mark.value is not None:
                sheet.kept |= mark.status in KEPT
                sheet.bonus += test.unit * max(0, mark.value - 1000)
        return sheet

    def _weigh_parts(
        self,
        test: _Test,
        whole: MarkTaken | None,
        first: list[MarkTaken | None],
        sheet: _Sheet,
    ) -> tuple[int | Fraction, int]:
        """Worth and weight of a test with parts: their exact average, exempt parts left out."""
        if whole is not None:
            if not whole.status or any(first[part.place] is not None for part in test.parts):
                raise ValueError(f"{test.code} has its marks from its parts: {whole}")
            return _weigh(test, whole, sheet)
        total = weights = 0
        for part in test.parts:
            mark = first[part.place]
            if mark is None:
                sheet.missing.append(part.code)
            elif mark.status != MarkStatus.EXEMPT:
                weights += part.weight
                total += part.weight * (mark.value or 0)
                sheet.kept |= mark.status in KEPT
                if mark.status == MarkStatus.ABSENT:
                    sheet.absent.append(part.code)
        if not weights:
            return 0, 0
        worth, rest = divmod(test.unit * total, weights)
        return (Fraction(test.unit * total, weights) if rest else worth), test.weight

    def _after_first_round(self, sheet: _Sheet, jury: int | Fraction) -> Outcome:
        weight = sum(sheet.weights)
        points = sum(sheet.worth) + sheet.bonus + jury
        if sheet.missing or not weight:
            reasons = [f"MISSING:{code}" for code in sheet.missing] or ["NOTHING_TO_AVERAGE"]
            return self._outcome(Verdict.INCOMPLETE, points, weight, reasons, average=False)
        absent = sheet.absent if self._eliminatory else []
        if absent or sheet.low:
            reasons = [f"ABSENT:{code}" for code in absent]
            reasons += [f"BELOW_MINIMUM:{code}" for code in sheet.low if code not in absent]
            return self._outcome(Verdict.ELIMINATED, points, weight, reasons, average=not absent)
        if points >= self._pass * weight:
            reasons = _short(self._admission_minima, sheet.worth, sheet.weights)
            if reasons:
                return self._outcome(Verdict.REFUSED, points, weight, reasons)
            mention = self._mention(points, weight, sheet)
            return self._outcome(Verdict.ADMITTED, points, weight, (), mention=mention)
        if self._called_from is None or points < self._called_from * weight:
            return self._outcome(Verdict.REFUSED, points, weight, ())
        reasons = _short(self._called_minima, sheet.worth, sheet.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.CONTROL
        return self._outcome(verdict, points, weight, reasons)

    def _mention(self, points: int | Fraction, weight: int, sheet: _Sheet) -> str | None:
        if sheet.kept and not self.regulation.mention_with_kept_marks:
            return None
        for threshold, label in self._mentions:
            if points >= threshold * weight:
                return label
        return None

    def _goes_on(
        self,
        outcome: Outcome,
        sheet: _Sheet,
        jury: int | Fraction,
        second: dict[int, MarkTaken],
        called: bool | None,
    ) -> bool:
        """Whether the second round decides.

        Points of the jury that admit in the first round do not when there are marks of the
        second: they were then granted after it.
        """
        if self._called_from is None:
            return False
        if called is not None:
            return called and outcome.verdict not in (Verdict.INCOMPLETE, Verdict.ELIMINATED)
        if outcome.verdict is Verdict.CONTROL or not (jury and second):
            return outcome.verdict is Verdict.CONTROL
        return self._after_first_round(sheet, 0).verdict is Verdict.CONTROL

    def _after_second_round(
        self, sheet: _Sheet, jury: int | Fraction, second: dict[int, MarkTaken]
    ) -> Outcome:
        worth = list(sheet.worth)
        taken: Counter[int] = Counter()
        for place, mark in second.items():
            index, number = next(iter(self._open.get(place, ())), (-1, -1))
            taken[number] += 1
            if index < 0 or not sheet.weights[index] or taken[number] > self._from_each:
                raise ValueError(f"no second round for {mark}")
            worth[index] = max(worth[index], self._compulsory[index].unit * (mark.value or 0))
        weight = sum(sheet.weights)
        points = sum(worth) + sheet.bonus + jury
        if points < self._pass * weight:
            return self._outcome(Verdict.REFUSED, points, weight, (), round=2)
        reasons = _short(self._admission_minima, worth, sheet.weights)
        verdict = Verdict.REFUSED if reasons else Verdict.ADMITTED
        return self._outcome(verdict, points, weight, reasons, round=2)

    def _outcome(
        self,
        verdict: Verdict,
        points: int | Fraction,
        weight: int,
        reasons: Iterable[str],
        *,
        round: int = 1,
        mention: str | None = None,
        average: bool = True,
    ) -> Outcome:
        found = self._divisors.get(weight)
        if found is None:
            divisor = Fraction(weight, self._divisor_scale)
            found = self._divisors[weight] = (
                divisor,
                divisor * Fraction(self.regulation.pass_mark),
            )
        divisor, required = found
        mean = Fraction(points, 100 * self._fine * weight) if average else None
        exact = Fraction(points, self._scale)
        return Outcome(verdict, round, mention, exact, divisor, mean, required, tuple(reasons))

    def _scaled_points(self, points: Points) -> int | Fraction:
        scaled = Fraction(points) * self._scale
        return scaled.numerator if scaled.denominator == 1 else scaled


@lru_cache(maxsize=256)
def decider(regulation: Regulation) -> Decider:
    """The `Decider` of a regulation, made once."""
    return Decider(regulation)


def _weigh(test: _Test, mark: MarkTaken, sheet: _Sheet) -> tuple[int, int]:
    """Worth and weight of a mark with a status: kept, exempt, absent or force majeure."""
    if mark.status in KEPT:
        sheet.kept = True
        return test.unit * (mark.value or 0), test.weight
    if mark.status == MarkStatus.EXEMPT:
        return 0, 0
    if mark.status == MarkStatus.ABSENT:
        sheet.absent.append(test.code)
    return 0, test.weight


def _short(
    minima: tuple[tuple[str, int, list[int]], ...],
    worth: list[int | Fraction],
    weights: list[int],
) -> list[str]:
    """Which groups do not reach their minimum; one all of whose tests are exempt does."""
    return [
        f"GROUP_MINIMUM:{group}"
        for group, threshold, tests in minima
        if sum(worth[i] for i in tests) < threshold * sum(weights[i] for i in tests)
    ]


def _codes(test: TestRule) -> list[str]:
    return [test.code, *(part.code for part in test.parts)]


def _check(regulation: Regulation) -> None:
    codes = [code for test in regulation.tests for code in _codes(test)]
    coefficients = [
        coefficient
        for test in regulation.tests
        for coefficient in (test.coefficient, *(part.coefficient for part in test.parts))
    ]
    if (
        regulation.absence not in ABSENCES
        or len(codes) != len(set(codes))
        or any(coefficient <= 0 for coefficient in coefficients)
        or any(test.optional and (test.parts or test.minimum) for test in regulation.tests)
    ):
        raise ValueError(f"the regulation {regulation.code} makes no sense")


def _part_weights(test: TestRule) -> list[int]:
    coefficients = [Fraction(part.coefficient) for part in test.parts]
    scale = lcm(*(coefficient.denominator for coefficient in coefficients))
    return [int(coefficient * scale) for coefficient in coefficients]


def _fineness(regulation: Regulation) -> int:
    """Into how much a hundredth is divided for thresholds and averages of parts to be whole."""
    second = regulation.second_round
    averages = [
        regulation.pass_mark,
        *regulation.group_minimum.values(),
        *(mention.from_average for mention in regulation.mentions),
        *(test.minimum for test in regulation.tests if test.minimum is not None),
        *(() if second is None else (second.from_average, *second.group_minimum.values())),
    ]
    sums = [sum(_part_weights(test)) for test in regulation.tests if test.parts]
    return lcm(*sums, *((100 * Fraction(average)).denominator for average in averages))
