"""No page, sheet or mail says a number of a rule that is not read from the data.

Every number of a regulation, and of its exam, is changed; whatever still says the old one, in
digits or in words, has it typed by hand. The persons of these documents have none of these
numbers in their marks and dates, so nothing else can say one.
"""

import html
import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from results.document import exams
from results.document.contents import plain
from results.document.published_rules import published_rules
from results.rules import KeptRule
from results.score_sheet.sheet import score_sheet
from tests.results import documents
from tests.results.screen import page
from tests.results.sheets import SHIPPED

CODE = UUID("0123456789abcdeffedcba9876543210")
HOURS = 37
WORDS = {
    "2": ("deux", "two"),
    "5": ("cinq", "five"),
    "6": ("six", "six"),
    "8": ("huit", "eight"),
    "10": ("dix", "ten"),
    "48": ("quarante-huit", "forty-eight"),
}
# Old numbers that are no number of a regulation: why they may stay.
ALLOWED = {
    # how a number is cut: the same for every exam
    r"deux décimales|two decimals",
    # a test has a mark in each of two rounds
    r"la meilleure des? (?:vos )?deux notes|the better of the two marks",
    # what an excess option adds is what is above ten: a rule of law, not a number of the data
    r"points au-dessus de 10|points above 10",
    # the delay of an appeal, against any administration
    r"(?:deux|two) (?:mois|months)",
    # a sheet has two pages, and a diploma is printed once
    r"page [12] sur 2|PDF, (?:deux|two) pages|imprimé deux fois",
    # numbers and dates of texts of law, which stand in the data of the exam
    r"(?:décret|arrêté|loi)[^;.<)]{0,80}",
    r"articles?.D\..\d+-\d+(?: (?:et|and) D\..\d+-\d+)?",
}


def changed(regulation):
    """The regulation with every number that pages state changed; none of them is usual."""
    second = regulation.second_round
    return replace(
        regulation,
        pass_mark=Decimal("11.75"),
        group_minimum=dict.fromkeys(regulation.group_minimum, Decimal("12.25")),
        kept=KeptRule(
            from_mark=Decimal("13.5"),
            report_from=regulation.kept.report_from and Decimal("7.25"),
            sessions=9,
            renouncing_is_final=regulation.kept.renouncing_is_final,
        ),
        second_round=second
        and replace(
            second,
            from_average=Decimal("7.5"),
            choose=3,
            group_minimum=dict.fromkeys(second.group_minimum, Decimal("12.75")),
        ),
        mentions=tuple(
            replace(mention, from_average=mention.from_average + Decimal("0.25"))
            for mention in regulation.mentions
        ),
    )


def numbers_of(regulation, hours):
    """The numbers of a regulation and of its exam that must not be typed, as written."""
    second, kept = regulation.second_round, regulation.kept
    found = [regulation.pass_mark, *regulation.group_minimum.values(), kept.from_mark]
    found += [kept.sessions, kept.report_from, hours]
    if second:
        found += [second.from_average, second.choose, *second.group_minimum.values()]
    return {f"{Decimal(number).normalize():f}" for number in found if number is not None}


def document(regulation, verdict, *, round=1, reasons=(), statuses=(), **changes):
    """A document of a regulation whose person has no number that a rule may have."""
    tests = [
        documents.line(
            f"Z{rank}",
            "Épreuve",
            mark="13.37",
            coefficient="3",
            group=test.group,
            optional=test.optional,
            in_full=test.in_full,
            ects=test.ects and 33,
            kept_for_next=verdict == "REFUSED" and published_rules(regulation).kept is not None,
        )
        for rank, test in enumerate(regulation.tests, 100)
    ]
    for test, status in zip(tests, statuses, strict=False):
        test |= {"mark": None, "status": status, "counted": None, "points": None}
    built = documents.document(
        tests=tests,
        session={
            "exam": regulation.exam,
            "label": "Session",
            "year": 2031,
            **dict.fromkeys(("score_sheets_mailed_on", "register_again_from"), "2031-09-13"),
            **dict.fromkeys(("register_again_until", "control_choose_by"), "2031-09-14"),
            **dict.fromkeys(("control_tests_from", "control_tests_until"), "2031-09-15"),
        },
        speciality={"label": "Spécialité"},
        rules=plain(published_rules(regulation)),
        issued_at="2031-07-13T11:11:00+02:00",
        candidate={"number": "A", "ine": "", "birth_date": "2013-11-13", "address": ["RUE"]},
        verdict=verdict,
        round=round,
        reasons=list(reasons),
        diploma_route="HOME" if verdict == "ADMITTED" else None,
        points="3333.33",
        points_required="4444.44",
        divisor="333",
        average=None if verdict in ("ELIMINATED", "DEFERRED", "NOT_FINAL") else "9.33",
    )
    return built | changes


def situations(regulation):
    """Every situation that a page of this regulation can show, by name."""
    second = regulation.second_round
    groups = {**regulation.group_minimum, **(second.group_minimum if second else {})}
    made = {
        "admitted": document(regulation, "ADMITTED", jury_points="3.33"),
        "statuses": document(regulation, "ADMITTED", statuses=("ABS", "FM", "DISP", "REMPL")),
        "refused": document(
            regulation, "REFUSED", reasons=[f"GROUP_MINIMUM:{group}" for group in groups]
        ),
        "eliminated": document(regulation, "ELIMINATED", reasons=["ABSENT:Z100"], statuses=["ABS"]),
        "not final": document(regulation, "NOT_FINAL", reasons=["NOT_HELD:Z100"]),
        "deferred": document(regulation, "DEFERRED", reasons=["REPLACED:Z100"], statuses=["REMPL"]),
    }
    withheld = document(regulation, "WITHHELD")
    made["withheld"] = {key: withheld[key] for key in documents.withheld() if key in withheld}
    if second:
        chosen = [documents.line(f"Z{rank}", "Épreuve", mark="9.33") for rank in (100, 101)]
        pair = {"codes": ["Z100", "Z101"], "labels": [], "needed": "14.44"}
        control = {
            "points_missing": "33.33",
            "choose": second.choose,
            "tests": chosen,
            "pairs": [pair, pair | {"needed": None}],
        }
        made["control"] = document(regulation, "CONTROL", control=control)
        after = document(regulation, "ADMITTED", round=2)
        after["tests"][0] |= {"second_mark": "14.44"}
        made["after"] = after
    return made


def said(regulation):
    """Everything that is said to a person of a regulation, by where and in which language."""
    texts = {}
    for name, shown in situations(regulation).items():
        for language in ("fr", "en"):
            texts[f"{name}, page, {language}"] = page(shown, language=language)
        if name not in ("withheld", "deferred"):
            texts[f"{name}, sheet"] = score_sheet(shown, code=CODE).markup
    for language in ("fr", "en"):
        with override(language):
            texts[f"mail, {language}"] = render_to_string(
                "results/mail/notice.txt",
                {
                    "release": SimpleNamespace(
                        round=2,
                        session=SimpleNamespace(label="Session", exam=regulation.exam),
                        speciality=SimpleNamespace(label="Spécialité"),
                    ),
                    "site": "https://resultats.invalid",
                    "is_correction": False,
                    "in_english": "",
                },
            )
    return {where: plain_text(text) for where, text in texts.items()}


def plain_text(markup):
    text = html.unescape(
        re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", markup, flags=re.S)
    )
    text = " ".join(text.split())
    for allowed in ALLOWED:
        text = re.sub(allowed, " ", text, flags=re.IGNORECASE)
    return text


def numbers_in(text):
    """The numbers that a text says in digits, and in words where `WORDS` knows them."""
    text = text.replace("\u202f", "").lower()
    digits = re.findall(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w/-])", text)
    found = {f"{Decimal(number.replace(',', '.')).normalize():f}" for number in digits}
    spoken = {
        number for number, words in WORDS.items() if set(words) & set(re.findall(r"[\w-]+", text))
    }
    return found | spoken


def unlike():
    """A code for each of the shipped regulations that state other rules."""
    known = {}
    for code, regulation in SHIPPED.items():
        rules = published_rules(regulation)
        options = {(test.optional, test.in_full, bool(test.ects)) for test in regulation.tests}
        known.setdefault((regulation.exam, rules, frozenset(options)), code)
    return sorted(known.values())


@pytest.fixture
def _other_hours(monkeypatch):
    for code, exam in exams.EXAMS.items():
        hours = exam.force_majeure_hours and HOURS
        monkeypatch.setitem(exams.EXAMS, code, replace(exam, force_majeure_hours=hours))


@pytest.mark.usefixtures("_other_hours")
@pytest.mark.parametrize("code", unlike())
def test_no_number_of_a_rule_is_typed_by_hand(code):
    regulation = SHIPPED[code]
    old = numbers_of(regulation, 48)
    other = changed(regulation)
    assert not old & numbers_of(other, HOURS)
    typed = {where: numbers_in(text) & old for where, text in said(other).items()}
    assert {where: numbers for where, numbers in typed.items() if numbers} == {}


@pytest.mark.usefixtures("_other_hours")
@pytest.mark.parametrize("code", unlike())
def test_the_numbers_of_the_data_are_said(code):
    """Or the test above would hold on pages that say nothing."""
    other = changed(SHIPPED[code])
    everywhere = set().union(*map(numbers_in, said(other).values()))
    second = other.second_round
    expected = {"11.75"}
    if published_rules(other).kept:
        expected |= {"13.5", "9"}
    if second:
        expected |= {"7.5", "3"}
    if exams.exam(other.exam).force_majeure_hours:
        expected.add(str(HOURS))
    expected |= {"12.75"} if second and second.group_minimum else set()
    expected |= {"12.25"} if other.group_minimum else set()
    assert expected <= everywhere


@pytest.mark.parametrize("code", unlike())
def test_nobody_is_told_of_a_second_tour(code):
    for text in said(SHIPPED[code]).values():
        assert "second tour" not in text
        assert "rattrapage" not in text
        assert "second round" not in text.lower()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Moyenne de 10,00, 48 heures, cinq ans", {"10", "48", "5"}),
        ("1\u202f010,50 points (U10, D. 643-10)", {"1010.5"}),
        ("Ten marks, deux oraux", {"10", "2"}),
    ],
)
def test_a_number_is_found_in_digits_and_in_words(text, numbers):
    assert numbers_in(text) == numbers
