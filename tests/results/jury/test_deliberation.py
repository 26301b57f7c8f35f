"""The deliberation of a whole session decides each entry as the rules alone do."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from candidates.models import Speciality
from results import rules
from results.admin.lifecycle import rounds_of
from results.jury.deliberation import deliberate, truncate
from results.models import Decision, Mark, Test
from results.regulations import rulebook
from tests import factories
from tests.results import random_dossiers
from tests.results.sheets import SHIPPED, rule

pytestmark = [pytest.mark.django_db, pytest.mark.long]

OPTION = rule("OPT", 4, "continuous", optional=True, counts="full", replaced=False)
EXAMS = {
    "parts": SHIPPED["MCO-2020"],
    "shares": SHIPPED["DNB-G-2026"],
    "project": replace(SHIPPED["AMA-CVPM"], kept=rules.KeptRule(Decimal(8))),
    "option": replace(SHIPPED["BAC-G-2026"], tests=(*SHIPPED["BAC-G-2026"].tests, OPTION)),
    "floors": SHIPPED["DSCG-2027"],
}
ENTRIES = 60


@pytest.fixture(params=EXAMS)
def drawn(request):
    """An exam, and what each of its entries was drawn with, by its primary key."""
    exam = EXAMS[request.param]
    rulebook.store(exam)
    speciality = Speciality.objects.get()
    tests = {test.code: test for test in Test.objects.all()}
    dossiers, written, rng = {}, [], random.Random(request.param)
    for dossier in random_dossiers.draw(rng, exam, ENTRIES):
        units, _subjects, status = dossier.enrolment
        entry = factories.entry(
            speciality=speciality,
            status=status,
            form="P",
            units=" ".join(sorted(units)),
            withheld=dossier.withheld,
        )
        marks = [_lawful(mark, exam, rng) for mark in dossier.marks]
        written += [
            Mark(entry=entry, test=tests[m.test], value=m.value, status=m.status, origin=m.origin)
            for m in marks
        ]
        dossiers[entry.pk] = dossier._replace(marks=marks)
    Mark.objects.bulk_create(written)
    return exam, dossiers


def _lawful(mark, exam, rng):
    """Most marks graded, near ten; benefit and report on their side of the mark that is kept."""
    if rng.random() < 0.85:
        return rules.MarkTaken(mark.test, rng.randrange(750, 1250, 50))
    value = mark.value
    if mark.status in rules.KEPT:
        kept = value >= 100 * exam.kept.from_mark
        status = rules.MarkStatus.BENEFIT if kept else rules.MarkStatus.CARRIED
        return mark._replace(value=value, status=status)
    return mark._replace(value=value)


def _alone(exam, dossier, marks, round):
    return rules.decide(
        exam,
        marks,
        round=round,
        withheld=dossier.withheld,
        enrolment=dossier.enrolment,
        called=True if round == 2 else None,
    )


def _agree(decision, outcome):
    assert (decision.verdict, decision.mention) == (outcome.verdict, outcome.mention or "")
    assert (decision.points, decision.divisor) == tuple(
        map(truncate, (outcome.points, outcome.divisor))
    )
    average = None if outcome.average is None else rules.show(outcome.average)
    assert (decision.average and str(decision.average)) == average
    assert decision.reasons == list(outcome.reasons)


def test_a_session_is_decided_as_the_rules_decide_each_entry(drawn):
    exam, dossiers = drawn
    session = factories.session()
    alone = {key: _alone(exam, each, each.marks, 1) for key, each in dossiers.items()}
    lacking = sum(
        any(reason.startswith("MISSING") for reason in outcome.reasons)
        for outcome in alone.values()
    )
    assert rounds_of([session])[session.pk][0].missing == lacking
    deliberate(session)
    for decision in Decision.objects.all():
        _agree(decision, alone[decision.entry_id])
    assert {outcome.verdict for outcome in alone.values()} >= {"ADMITTED", "NOT_FINAL", "WITHHELD"}


def test_the_second_round_too(drawn):
    exam, dossiers = drawn
    session = factories.session()
    deliberate(session)
    called = Decision.objects.filter(verdict="CONTROL")
    retaken = {}
    for rank, decision in enumerate(called):
        dossier = dossiers[decision.entry_id]
        options = rules.control_options(exam, dossier.marks, enrolment=dossier.enrolment)
        codes = options.pairs[rank % len(options.pairs)].codes
        retaken[decision.entry_id] = [
            rules.MarkTaken(code, 700 + 100 * (rank % 9), round=2) for code in codes
        ]
    tests = {test.code: test for test in Test.objects.all()}
    Mark.objects.bulk_create(
        Mark(entry_id=key, test=tests[mark.test], value=mark.value, round=2)
        for key, marks in retaken.items()
        for mark in marks
    )
    if not retaken:
        assert exam.second_round is None
        return
    deliberate(session, round=2)
    second = Decision.objects.filter(round=2)
    assert set(second.values_list("entry_id", flat=True)) == set(retaken)
    for decision in second:
        dossier = dossiers[decision.entry_id]
        marks = [*dossier.marks, *retaken[decision.entry_id]]
        _agree(decision, _alone(exam, dossier, marks, 2))
