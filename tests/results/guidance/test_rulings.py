"""What help pages say of regulations: grouped where it is the same, and no number but theirs."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from candidates.models import Session
from results.document.exams import Bilingual
from results.guidance import facts, rulings
from results.guidance.exams import OfficeExam
from results.guidance.pages import PAGES
from results.guidance.rulings import ToldSpeciality
from results.rules import MentionRule
from tests.results.screen import plain
from tests.results.sheets import SHIPPED

MCO, SIO = SHIPPED["MCO-2026"], SHIPPED["SIO-SISR"]
OLD_MCO = SHIPPED["MCO-2020"]


def test_specialities_with_one_ruling_are_not_named():
    [group] = rulings.grouped([MCO, SIO], rulings.second_round)
    assert group.specialities == ()
    assert group.ruling.second.choose == 2


def test_the_ruling_of_the_most_specialities_comes_first():
    other = replace(SIO, pass_mark=Decimal(12))
    first, second = rulings.grouped([other, MCO, SHIPPED["NDRC-2022"]], rulings.passing)
    assert (first.ruling.pass_mark, second.ruling.pass_mark) == ("10", "12")
    assert second.specialities == (ToldSpeciality(SIO.label),)


def test_two_rulings_of_one_speciality_are_told_apart_by_their_sessions():
    old = replace(OLD_MCO, pass_mark=Decimal(12))
    groups = rulings.grouped([old, MCO], rulings.passing)
    assert {group.specialities for group in groups} == {
        (ToldSpeciality(MCO.label, 2022, 2025),),
        (ToldSpeciality(MCO.label, 2026, None),),
    }


def test_marks_kept_in_some_tests_only_are_told_by_group_or_by_name():
    assert rulings.kept(SHIPPED["BAC-G-2026"]).tests.group == "terminal"
    assert rulings.kept(MCO).tests == rulings.KeptTests()
    first, *rest = MCO.tests
    some = replace(MCO, tests=(replace(first, kept=False), *rest))
    assert rulings.kept(some).tests.names == tuple(test.label for test in rest)


def test_a_minimum_of_some_tests_names_them():
    first, *rest = MCO.tests
    [minimum] = rulings.passing(
        replace(MCO, tests=(replace(first, minimum=Decimal("5.5")), *rest))
    ).test_minima
    assert minimum == rulings.MarkMinimum("5.5", (first.label,))


# --- By change of data --------------------------------------------------------------------------

# Numbers that no shipped regulation has, for each place of one.
PASS_MARK, MINIMUM, GROUP, FROM, KEPT, REPORT, CAP = map(
    Decimal, ("11.25", "5.75", "13.25", "7.25", "10.75", "3.25", "19.25")
)
CHOOSE, SESSIONS, HOURS = 4, 9, 73
OURS = {"11,25", "5,75", "13,25", "7,25", "10,75", "3,25", "19,25", "4", "9", "73"}

# What pages say whatever the regulation, each with its reason.
ALLOWED = (
    "l’épreuve compte 0",  # the name of the rule "zero"
    "force majeure reconnue compte 0",
    "les points au-dessus de 10",  # the name of the rule "excess"
    "Au-dessus de 10, la note ajoute",  # that of the rule "difference"
    "à deux décimales",  # how figures are cut
    "la meilleure des deux notes",  # of first and second round
    "deux examens le même jour",
    "Il faut deux choses",
    "Le relevé de notes a deux pages",
    "une semaine après l’affichage",  # what the office does, by its dates
    "article L. 311-3-1",  # the law on algorithms, whatever the exam
)
NUMBER = re.compile(
    r"\d+(?:,\d+)?"
    r"|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quatorze|seize|dix-huit)\b"
)


def altered(regulation):
    """The regulation, with another number in each place where it has one."""
    second = regulation.second_round
    minima = dict.fromkeys(regulation.group_minimum, GROUP)
    report = regulation.kept.report_from and REPORT
    return replace(
        regulation,
        pass_mark=PASS_MARK,
        group_minimum=minima,
        tests=tuple(
            test if test.minimum is None else replace(test, minimum=MINIMUM)
            for test in regulation.tests
        ),
        kept=replace(regulation.kept, from_mark=KEPT, report_from=report, sessions=SESSIONS),
        second_round=second
        and replace(
            second,
            from_average=FROM,
            choose=CHOOSE,
            group_minimum=dict.fromkeys(second.group_minimum, GROUP),
        ),
        mentions=tuple(
            MentionRule(mention.label, Decimal(f"1{rank}.5"))
            for rank, mention in enumerate(regulation.mentions, 2)
        ),
        shares=dict.fromkeys(regulation.shares, Decimal("33.5")),
        caps=dict.fromkeys(regulation.caps, CAP),
    )


def pages_of(regulation, monkeypatch):
    """Yield the texts of the help pages of an exam with this regulation alone."""
    session = Session(code="S", label="Session", exam=regulation.exam, year=2026)
    exam = OfficeExam(regulation.exam, (session,))
    hours = exam.facts.force_majeure_hours and HOURS
    monkeypatch.setattr(OfficeExam, "facts", replace(exam.facts, force_majeure_hours=hours))
    request = RequestFactory().get("/aide/")
    dates = dict.fromkeys(
        ("sessions", "registrations", "registered_alone", "second_rounds", "managed"), ()
    )
    for page in PAGES.values():
        if page.by_exam and page.name != "complaints":  # delays of the law, for every exam
            context = {"page": page, "related": (), "exam": exam, **dates}
            context |= facts.told([regulation])
            whole = render_to_string(f"guidance/{page.name}.html", context, request)
            main = re.search(r"<main.*?(?=<section[^>]*portal-contact)", whole, re.DOTALL)[0]
            yield plain(main)


def labels_of(regulation):
    """Texts of law and names, which may hold numbers: those of the exam and of its tests."""
    exam = OfficeExam(regulation.exam, ()).facts
    texts = [getattr(exam, name) for name in exam.__slots__]
    yield from (str(text) for text in texts if isinstance(text, Bilingual | str))
    yield from (test.label for test in regulation.tests)
    yield regulation.kept.blocks


@pytest.mark.parametrize("code", SHIPPED)
def test_no_number_of_a_page_stays_when_the_regulation_changes(code, monkeypatch):
    regulation = altered(SHIPPED[code])
    theirs = OURS | {f"1{rank},5" for rank in range(2, 6)} | {"33,5"}
    longest_first = sorted([*labels_of(regulation), *ALLOWED], key=len, reverse=True)
    for text in pages_of(regulation, monkeypatch):
        for known in longest_first:
            text = text.replace(plain(known), "")
        assert set(NUMBER.findall(text)) <= theirs, text


def test_the_numbers_of_a_regulation_are_on_its_pages(monkeypatch):
    """What the test above looks for is there to be found."""
    texts = " ".join(pages_of(altered(SHIPPED["SIO-SISR"]), monkeypatch))
    for number in ("11,25", "13,25", "7,25", "10,75", "4 oraux", "9 ans", "73 heures"):
        assert number in texts
