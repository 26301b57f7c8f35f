"""The September session of those whose decision is deferred: their marks in replaced tests."""

from collections.abc import Iterable, Iterator, Mapping

from results import rules
from results.demo.cast.situations import FORCE_MAJEURE, Situation
from results.demo.entries import DemoEntry
from results.demo.examiners import Examiners
from results.demo.marks import DemoMark, second_round_of_situation, taken_marks

Sat = tuple[DemoEntry, list[DemoMark], list[DemoMark]]  # with the marks of both rounds


def is_deferred(entry: DemoEntry, regulation: rules.ExamRules, first: list[DemoMark]) -> bool:
    """Whether the decision on these marks waits for September."""
    if not any(mark.status == FORCE_MAJEURE for mark in first):
        return False
    return _verdict(entry, regulation, first) is rules.Verdict.DEFERRED


def is_called(entry: DemoEntry, regulation: rules.ExamRules, first: list[DemoMark]) -> bool:
    """Whether these marks call to the second round."""
    return _verdict(entry, regulation, first) is rules.Verdict.CONTROL


def sit_again(
    deferred: Iterable[tuple[DemoEntry, list[DemoMark]]],
    examiners: Mapping[str, Examiners],
    cast: Mapping[str, Situation],
) -> Iterator[Sat]:
    """Yield, for each deferred entry and its marks of July, those that it gets in September.

    `examiners`: by code of regulation. `cast`: who of the deferred plays a situation of September,
    by number.
    """
    for entry, july in deferred:
        examiner, situation = examiners[entry.speciality], cast.get(entry.number)
        regulation, ability = examiner.regulation, examiner.ability(entry.status)
        missed = [mark.code for mark in july if examiner.is_replaced(mark)]
        if situation:
            sat = [DemoMark(code, round(situation.marks[code] * 100)) for code in missed]
        else:
            sat = [DemoMark(code, examiner.value(ability, code)) for code in missed]
        first = [mark for mark in july if mark.code not in missed] + sat
        second: list[DemoMark] = []
        if situation:
            second = second_round_of_situation(situation, first, regulation)
        elif is_called(entry, regulation, first):
            second = examiner.second_round(first, ability)
        yield entry, sat, second


def _verdict(entry: DemoEntry, regulation: rules.ExamRules, first: list[DemoMark]) -> rules.Verdict:
    taken = taken_marks(first)
    return rules.decide(
        regulation, taken, withheld=entry.withheld, enrolment=entry.enrolment()
    ).verdict
