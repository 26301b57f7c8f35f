"""Lines of the result page and the score sheet: one for each test of an entry."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from results.rules.regulation import (
    ELIMINATORY,
    HIGHEST_HUNDREDTHS,
    KEEPING,
    REPLACEMENT,
    WITHOUT_VALUE,
    Enrolment,
    ExamRules,
    KeptRule,
    MarkStatus,
    MarkTaken,
    Outcome,
    PartRule,
    TestRule,
    open_to_second_round,
)
from results.rules.scale import part_weights, rounding_step, up

_ZERO, _TEN = Fraction(0), Fraction(10)
_MARKS = tuple(Fraction(hundredths, 100) for hundredths in range(HIGHEST_HUNDREDTHS + 1))
_EVERYTHING = Enrolment()
_FIVE_SESSIONS = KeptRule()


class PartLine(NamedTuple):
    """A part of a test: its mark in hundredths, its status, and the year a kept mark comes from.

    `excused`: as for a test.
    """

    part: PartRule
    value: int | None
    status: MarkStatus
    origin: int | None = None
    excused: bool = False


class AcquiredUnit(NamedTuple):
    """A unit acquired at a session, and the last session that it is kept for, both by year."""

    code: str
    session: int
    until: int


class TestLine(NamedTuple):
    """One test, with the candidate's mark in it.

    `value`: the mark of the first round, exact, out of 20; None when there is none. A test with
    parts has for mark the exact average of its parts, or the step above it (`TestRule.rounding`).
    `counted`: the mark that enters the average (0 for force majeure; None for an exempt, missing or
    replaced test, and for an absence that eliminates). `points`: the mark × coefficient; for an
    optional test that counts what is above ten, the bonus; for a difference, what it adds, or takes
    (below 0). `excused`: exempt by force majeure that nothing replaces.
    """

    test: TestRule
    value: Fraction | None
    status: MarkStatus
    origin: int | None
    second_value: Fraction | None
    second_status: MarkStatus | None
    counted: Fraction | None
    points: Fraction | None
    parts: tuple[PartLine, ...] = ()
    excused: bool = False


def lines(
    regulation: ExamRules,
    marks: Iterable[MarkTaken],
    *,
    round: int = 2,
    enrolment: Enrolment = _EVERYTHING,
) -> tuple[TestLine, ...]:
    """Return a `TestLine` for each compulsory test, and each optional one the candidate entered.

    None for a test that the status of the entry does not open. `round`: that of the outcome shown
    (`Outcome.round`); with 1, marks of the second round are shown but do not count. `marks` and
    `enrolment`: as `decide` accepts them.
    """
    first: dict[str, MarkTaken] = {}
    second: dict[str, MarkTaken] = {}
    for mark in marks:
        (first if mark.round == 1 else second)[mark.test] = mark
    return tuple(
        row.line(first, second.get(row.test.code), counts=round == 2)
        for row in _rows(regulation)
        if is_open(row.test, enrolment) and (not row.test.optional or row.test.code in first)
    )


def is_open(test: TestRule, enrolment: Enrolment) -> bool:
    """Whether a test is open to an entry: its status may close it (chef-d'œuvre)."""
    status = enrolment.status
    return not (status and test.statuses and status not in test.statuses)


def line_of(
    regulation: ExamRules, code: str, marks: Iterable[MarkTaken], *, round: int = 2
) -> TestLine | None:
    """Return the line of one test, by its code; None for an optional test not entered.

    `marks`: at least those of the test and of its parts.
    """
    first: dict[str, MarkTaken] = {}
    second: dict[str, MarkTaken] = {}
    for mark in marks:
        (first if mark.round == 1 else second)[mark.test] = mark
    for row in _rows(regulation):
        if row.test.code == code and (not row.test.optional or code in first):
            return row.line(first, second.get(code), counts=round == 2)
    return None


def unit_kept(
    line: TestLine, outcome: Outcome, *, session: int | None = None, rule: KeptRule = _FIVE_SESSIONS
) -> bool:
    """Whether a candidate who has not the diploma keeps the mark.

    True for a mark of 10 or more given in the first round to a compulsory unit, until five
    sessions after the one it comes from (code de l'éducation, D. 643-15 and D. 334-13), or as
    `rule` says. Where a test has parts they are the units: true when one of them is kept.
    `session`: the year decided on, to leave out kept marks whose sessions are over.
    """
    if not _may_keep(line, outcome, session, rule):
        return False
    least = Fraction(rule.from_mark)
    if line.parts:
        return any(_reaches(part, least) for part in line.parts)
    return line.value is not None and line.value >= least


def units_acquired(
    line: TestLine, outcome: Outcome, *, session: int, rule: KeptRule
) -> tuple[AcquiredUnit, ...]:
    """Return the units of a test that a candidate who has not the diploma has acquired.

    Those of `unit_kept`; of a test with parts, each part that reaches the mark, whatever the others
    have (D. 643-15). `session`: the year decided on.
    """
    if not _may_keep(line, outcome, None, rule):
        return ()
    least = Fraction(rule.from_mark)
    if line.parts:
        found = [(each.part.code, each.origin) for each in line.parts if _reaches(each, least)]
    else:
        reached = line.value is not None and line.value >= least
        found = [(line.test.code, line.origin)] if reached else []
    units = (
        AcquiredUnit(code, origin or session, (origin or session) + rule.sessions)
        for code, origin in found
    )
    return tuple(unit for unit in units if session < unit.until)


def _reaches(line: PartLine, least: Fraction) -> bool:
    return line.value is not None and _MARKS[line.value] >= least


def may_be_carried(
    line: TestLine, outcome: Outcome, *, session: int | None = None, rule: KeptRule
) -> bool:
    """Whether a candidate may ask to carry over a mark that does not stay acquired (DSCG: 6 to 10).

    Of a test without parts, from `KeptRule.report_from` on.
    """
    if rule.report_from is None or line.parts or line.value is None:
        return False
    return _may_keep(line, outcome, session, rule) and Fraction(
        rule.report_from
    ) <= line.value < Fraction(rule.from_mark)


def _may_keep(line: TestLine, outcome: Outcome, session: int | None, rule: KeptRule) -> bool:
    if outcome.verdict not in KEEPING or line.test.optional or not line.test.kept:
        return False
    return not (session and line.origin and session >= line.origin + rule.sessions)


class _Row:
    """A test of a regulation, with the values that all its lines share."""

    def __init__(self, test: TestRule, regulation: ExamRules, *, retaken: bool) -> None:
        self.test = test
        self.retaken = retaken
        self._eliminatory = regulation.absence == ELIMINATORY
        self._replacing = regulation.force_majeure == REPLACEMENT
        self._neutral = not test.replaced
        self._step = rounding_step(test)
        self._coefficient = Fraction(test.coefficient)
        self._weights = part_weights(test)
        self._points_of: dict[int, Fraction] = {}

    def line(
        self, first: Mapping[str, MarkTaken], again: MarkTaken | None, *, counts: bool
    ) -> TestLine:
        mark = first.get(self.test.code)
        if self._neutral:
            mark = _excused(mark)
        parts: tuple[PartLine, ...] = ()
        if mark is not None:
            hundredths, status, origin = self._value(mark), mark.status, mark.origin
            value = counted = None if hundredths is None else _MARKS[hundredths]
        else:
            hundredths = None
            value, status, origin, parts = self._from_parts(first)
            counted = value
        if status in WITHOUT_VALUE:
            hundredths = self._substitute(status)
            value, counted = None, None if hundredths is None else _ZERO
        again_value = None if again is None else self._value(again)
        second_value = None if again_value is None else _MARKS[again_value]
        if counts and self.retaken and counted is not None and second_value is not None:
            hundredths, counted = None, max(counted, second_value)
        return TestLine(
            test=self.test,
            value=value,
            status=status,
            origin=origin,
            second_value=second_value,
            second_status=None if again is None else again.status,
            counted=counted,
            points=None if counted is None else self._points(counted, hundredths),
            parts=parts,
            excused=status is MarkStatus.EXEMPT
            and (mark != first.get(self.test.code) or any(part.excused for part in parts)),
        )

    def _points(self, counted: Fraction, hundredths: int | None) -> Fraction:
        """Return the points of a mark; cached by hundredths, of which a session has few values."""
        known = None if hundredths is None else self._points_of.get(hundredths)
        if known is not None:
            return known
        if self.test.in_difference:
            counted -= _TEN
        elif self.test.optional and not self.test.in_full:
            counted = max(_ZERO, counted - _TEN)
        points = counted * self._coefficient
        if hundredths is not None:
            self._points_of[hundredths] = points
        return points

    def _value(self, mark: MarkTaken) -> int | None:
        """Return the hundredths of a mark; one given this session goes up to its step."""
        if mark.value is None or mark.status or self._step <= 1:
            return mark.value
        return up(mark.value, self._step)

    def _substitute(self, status: MarkStatus) -> int | None:
        """Return the hundredths that count in place of a mark; None: the test is not counted."""
        if status == MarkStatus.EXEMPT or (self.test.optional and not self.test.in_full):
            return None
        if status == MarkStatus.FORCE_MAJEURE:
            return None if self._replacing else 0
        return None if self._eliminatory and not self.test.optional else 0

    def _from_parts(
        self, first: Mapping[str, MarkTaken]
    ) -> tuple[Fraction | None, MarkStatus, int | None, tuple[PartLine, ...]]:
        """Return mark, status, origin and parts of a test with parts.

        Status and origin are those of the parts where all agree. The mark is the exact average of
        the parts; None when a part is missing or an absence eliminates.
        """
        marks = [first.get(part.code) for part in self.test.parts]
        if self._neutral:
            marks = list(map(_excused, marks))
        parts = tuple(
            self._part_line(part, mark, excused=mark != first.get(part.code))
            for part, mark in zip(self.test.parts, marks, strict=True)
        )
        taken = [mark for mark in marks if mark is not None]
        statuses = {mark.status for mark in taken}
        if self._eliminatory and MarkStatus.ABSENT in statuses:
            return None, MarkStatus.ABSENT, None, parts
        if self._replacing and MarkStatus.FORCE_MAJEURE in statuses:
            return None, MarkStatus.FORCE_MAJEURE, None, parts
        if not taken or len(taken) < len(marks):
            return None, MarkStatus.GRADED, None, parts
        status = statuses.pop() if len(statuses) == 1 else MarkStatus.GRADED
        if status in WITHOUT_VALUE:
            return None, status, None, parts
        total = weight = 0
        for mark, part_weight in zip(taken, self._weights, strict=True):
            if mark.status != MarkStatus.EXEMPT:
                weight += part_weight
                total += part_weight * (self._value(mark) or 0)
        origins = {mark.origin for mark in taken}
        origin = origins.pop() if len(origins) == 1 else None
        if self._step:
            return _MARKS[up(-(-total // weight), self._step)], status, origin, parts
        return Fraction(total, 100 * weight), status, origin, parts

    def _part_line(self, part: PartRule, mark: MarkTaken | None, *, excused: bool) -> PartLine:
        if mark is None:
            return PartLine(part, None, MarkStatus.GRADED)
        value = None if mark.status in WITHOUT_VALUE else self._value(mark)
        return PartLine(part, value, mark.status, mark.origin, excused)


def _excused(mark: MarkTaken | None) -> MarkTaken | None:
    """Return a mark as it counts where nothing is replaced: force majeure exempts from its test."""
    if mark is not None and mark.status is MarkStatus.FORCE_MAJEURE:
        return mark._replace(status=MarkStatus.EXEMPT)
    return mark


@lru_cache(maxsize=256)
def _rows(regulation: ExamRules) -> tuple[_Row, ...]:
    retaken = {test.code for tests in open_to_second_round(regulation) for test in tests}
    return tuple(_Row(test, regulation, retaken=test.code in retaken) for test in regulation.tests)
