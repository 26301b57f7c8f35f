"""Each exam and each verdict of the demo: their own next step, in the words of their own exam."""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from candidates.models import Entry
from results.demo.cast.situations import Situation
from results.demo.presence import access_code, cast_entries
from results.demo.sessions import SESSIONS
from results.document import exams, words
from results.guidance.exams import slug
from results.models import PublishedResult
from results_portal.office import tables
from results_portal.templatetags.portal import isodate
from tests import databases
from tests.journeys.visit import DESK, PHONE
from tests.results import pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("demo", "own_sites"),
]

RESULT = "/resultats/mon-resultat/"
FAILED = {"REFUSED", "ELIMINATED"}
# For each verdict, the links that the result has, and whether they lead to the page of one exam.
OWN, ANY = True, False
FAILURE = {
    "Comment lire le relevé de notes": OWN,
    "Toutes les possibilités après un échec": OWN,
    "Voir vos copies, signaler une erreur": OWN,
}
LINKS = {
    "ADMITTED": {
        "Comment lire le relevé de notes": OWN,
        "Suivre mon diplôme": ANY,
        "Demander une attestation": ANY,
    },
    "CONTROL": {"Comment lire le relevé de notes": OWN, "Tout savoir sur": OWN},
    "REFUSED": FAILURE,
    "ELIMINATED": FAILURE,
    "NOT_FINAL": {
        "Comment lire le relevé de notes": OWN,
        "Les notes que votre examen laisse garder": OWN,
    },
    "WITHHELD": {"La suspicion de fraude, étape par étape": OWN},
    "DEFERRED": {},
}
APPEAL = ["réclamation", "recours gracieux", "tribunal administratif", "médiateur"]
FACTS_OF_ONE_EXAM = (
    "name",
    "second_round",
    "allowed",
    "column",
    "kept_text",
    "second_round_text",
    "absence_text",
    "force_majeure_text",
    "not_replaced",
    "fraud_text",
)


@dataclass(frozen=True)
class Person:
    """One of the cast, with the result that is open."""

    situation: Situation
    entry: Entry
    document: dict[str, Any]

    @property
    def verdict(self):
        return self.document["verdict"]

    @property
    def exam(self):
        return self.entry.session.exam


@pytest.fixture
def demo(demo_database, django_db_blocker):
    """A demo of its own, which a test may empty when it ends."""
    name = f"{demo_database.database}_visited"
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(databases.copy_of(demo_database.database, name))
        stack.enter_context(databases.connected_to(name))
        yield


@pytest.fixture
def own_sites(settings):
    """Each exam has a registration site of its own."""
    text = ",".join(f"{code}=https://{slug(code)}.example" for code in exams.EXAMS)
    settings.REGISTRATION_SITES = tables.read_registration_sites(text)


def people():
    """One of each session and verdict whose results are open: who has the most subjects."""
    chosen = {}
    open_results = {result.entry_id: result for result in PublishedResult.objects.current()}
    for situation, entry in cast_entries().items():
        if result := open_results.get(entry.pk):
            person = Person(situation, entry, result.document)
            chosen.setdefault((entry.session.code, person.verdict), []).append(person)
    return {
        case: max(persons, key=lambda person: len(person.entry.subjects))
        for case, persons in chosen.items()
    }


@pytest.mark.slow
def test_each_exam_and_verdict_of_the_demo_is_led_to_its_own_next_step(arrive):
    cast = people()
    assert {code for code, _ in cast} == {item.code for item in SESSIONS if not item.upcoming}
    walk(arrive(size=PHONE), cast)


def walk(visit, cast):
    """Read the result, the sheet and the pages of the next step of each person of `cast`."""
    wrong, seen = {}, set()
    for case, person in cast.items():
        visit.identify(
            person.entry,
            code=access_code(person.entry),
            birth_date=person.situation.born.strftime("%d/%m/%Y"),
        )
        if person.verdict == "DEFERRED":  # September comes first
            visit.press(f"Ma page : {person.entry.session.label}")
        faults = _result(visit, person)
        if person.exam not in seen:
            seen.add(person.exam)
            faults += _fits(visit, person) + _in_english(visit, person)
        faults += _sheet(visit, person) + _links(visit, person, seen)
        wrong[case] = faults
    assert not any(wrong.values()), "\n".join(
        f"{case}: {fault}" for case, faults in wrong.items() for fault in faults
    )


def _result(visit, person):
    """What is missing on the result page, and what is of another exam."""
    told, session, academy = visit.words, person.entry.session, person.entry.academy
    must = [] if person.verdict == "WITHHELD" else [words.decision_words(person.document)]
    if person.verdict in FAILED:
        must += APPEAL
    if person.verdict in {*FAILED, "NOT_FINAL"}:
        if academy.managed:
            until = isodate(session.register_again_until)
            must += [until, tables.registration_site(person.exam)]
        else:
            must += [academy.rectorat, academy.website]
    if person.verdict == "NOT_FINAL":
        assert any(test["mark"] is None for test in person.document["tests"])
        must.append("Inscrivez-vous aux unités qu’il vous reste à présenter")
    if person.verdict == "CONTROL":
        must.append(isodate(session.control_choose_by, "weekday"))
        must += [test["label"] for test in person.document["control"]["tests"]]
    if person.verdict == "DEFERRED":
        must += ["session de remplacement", "septembre"]
    plain = _plain(told)
    return [f"missing: {text}" for text in must if _plain(text) not in plain] + _foreign(
        told, person
    )


def _fits(visit, person):
    """By how much the page is too wide; a picture of each exam is left for people to look at."""
    faults = []
    for size in (DESK, PHONE):
        visit.page.set_viewport_size(size)
        faults += [f"{visit.too_wide} px too wide, {size['width']}"] * bool(visit.too_wide)
        visit.photograph(f"next step {person.exam} {size['width']}")
    return faults


def _links(visit, person, seen):
    """Which links to the next step are missing, or lead elsewhere; each page is `seen` once."""
    if person.verdict == "DEFERRED":
        visit.press(f"Ma page : {person.entry.session.replacement.label}")
        return [] if "remplacement" in visit.words else ["no way to September"]
    wanted = LINKS[person.verdict]
    absent = any(test["status"] == "ABS" for test in person.document.get("tests", []))
    if absent and person.verdict in FAILED:
        wanted = wanted | {"Tout savoir sur l’absence": OWN}
    main = visit.page.locator("main")
    links = {name: main.get_by_role("link", name=name) for name in wanted}
    faults = [f"no link: {name}" for name, link in links.items() if not link.count()]
    paths = {
        name: urlsplit(link.first.get_attribute("href")).path
        for name, link in links.items()
        if link.count()
    }
    for name, path in paths.items():
        if wanted[name] is OWN and not path.endswith(f"/{slug(person.exam)}/"):
            faults.append(f"{name}: leads to {path}")
        if path in seen and wanted[name] is OWN:
            continue
        seen.add(path)
        if (answer := visit.go(path)).status != 200:
            faults.append(f"{path}: {answer.status}")
        faults += [f"{path}: {fault}" for fault in _foreign(visit.words, person)]
    return faults


def _sheet(visit, person):
    """What the score sheet does not name of the person's subjects, and what is of another exam."""
    answer = visit.page.request.get(f"{RESULT}releve.pdf")
    if person.verdict in {"WITHHELD", "DEFERRED"}:
        return ["a sheet"] if answer.body().startswith(b"%PDF") else []
    if not answer.body().startswith(b"%PDF"):
        return [f"no sheet: {answer.status}"]
    told = " ".join(pages.texts(answer.body()))
    told = re.sub(r"\b(?:[0-9A-Z]{4}-)+[0-9A-Z]{2,4}\b", "", told)  # a code may end in BP
    subjects = [pair.partition("=")[2] for pair in person.entry.subjects.split("|") if pair]
    subjects += person.situation.subjects.values()
    plain = _plain(told)
    missing = [f"sheet: no {name}" for name in subjects if _plain(name) not in plain]
    return missing + [f"sheet: {fault}" for fault in _foreign(told, person)]


def _in_english(visit, person):
    visit.press("EN")
    with translation.override("en"):
        faults = [f"English: {fault}" for fault in _foreign(visit.words, person)]
        if (
            person.verdict != "WITHHELD"
            and words.decision_words(person.document) not in visit.words
        ):
            faults.append("English: no decision")
    visit.press("FR")
    return faults


def _foreign(told, person):
    """Which words of another exam a text has."""
    own = exams.exam(person.exam)
    mine = "\n".join([person.exam, str(own.name.fr), person.entry.session.label, *_words(own)])
    others = {"second tour"}
    for code, exam in exams.EXAMS.items():
        others |= {code, *_words(exam)} - {"other", ""}
    if person.exam != "BTS":
        others.add("D. 643")
    if not own.kept_in_years:
        others |= {"cinq ans", "5 ans", "five years", "5 years"}
    others |= {
        f"{exam.force_majeure_hours} {hours}"
        for exam in exams.EXAMS.values()
        if exam.force_majeure_hours not in {None, own.force_majeure_hours}
        for hours in ("heures", "hours")
    }
    return [
        f"of another exam: {word}"
        for word in sorted(others)
        if word not in mine and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", told)
    ]


def _words(exam):
    facts = (getattr(exam, name) for name in FACTS_OF_ONE_EXAM)
    return [str(fact) for fact in facts if fact]


def _plain(text):
    """The text without spaces: lines end anywhere."""
    return "".join(str(text).split())
