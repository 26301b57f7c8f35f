"""The result page that is put together from parts is that of its template, to the byte."""

import json
import random
from datetime import date, timedelta
from itertools import chain

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from candidates.identification import cookie
from candidates.models import Speciality
from results.document.contents import SHOWN_DATES, PublishedPart, PublishedTest
from results.fast_path import prepared_page
from results.jury.deliberation import deliberate
from results.packed_document import packing, shared_parts
from results.publication import release
from results.publication.row_writer import RowWriter
from results.regulations.files import parse_regulation
from results.regulations.rulebook import Rulebook
from results.result_page.page import page_by_template, page_of
from results_portal import caches
from tests import factories
from tests.results import documents, random_dossiers
from tests.results.sheets import ONE_OF_EACH

pytestmark = pytest.mark.django_db

HEADING = ("code", "label", "group", "optional", "coefficient", "in_full", "ects")
HEADING += ("in_difference", "minimum")
DATES = {
    "score_sheets_mailed_on": "2026-07-09",
    "register_again_from": "2026-10-12",
    "register_again_until": "2026-11-20",
    "control_choose_by": "2026-07-03",
    "control_tests_from": "2026-07-06",
    "control_tests_until": "2026-07-08",
    "diplomas_posted_from": "2026-09-08",
    "diplomas_at_school_from": None,
}
SITUATIONS = {
    "admitted": documents.document,
    "at home": lambda: documents.document(diploma_route="HOME", entry={"school": None}),
    "other académie": lambda: documents.document(
        diploma_route="OTHER_ACADEMY", entry={"academy": documents.LILLE}
    ),
    "named": lambda: documents.document(
        candidate={"usage_name": "<b>L’Été</b>", "given_names": "Zoë & Co", "address": ["A", "B"]}
    ),
    "corrected": lambda: documents.document(
        correction={"at": "2026-07-03T10:00:00+02:00", "reason": "Erreur de report."}
    ),
    "raised": lambda: documents.document(jury_points="3"),
    "second round": documents.second_round_admitted,
    "control": documents.control,
    "refused": documents.refused,
    "refused with parts": documents.refused_with_parts,
    "eliminated": documents.eliminated,
    "every status": documents.every_status,
    "baccalauréat": documents.baccalaureat,
    "a mention not reached": lambda: documents.baccalaureat(mention=None, average="11.95"),
    "a mention lost": documents.baccalaureat_without_mention,
    "a mention lost to a report": lambda: documents.baccalaureat_without_mention("REP"),
    "a mention lost to a part": lambda: documents.baccalaureat_without_mention(of_part=True),
    "longest": documents.longest,
    "not final": documents.not_final,
    "deferred": documents.deferred,
    "shares": documents.brevet,
    "an absence that counts 0": documents.brevet_refused,
    "nothing missed where it would count 0": lambda: (
        documents.brevet_refused() | {"tests": documents.brevet()["tests"]}
    ),
    "under a minimum": documents.under_a_minimum,
    "a capped share": documents.capped_brevet,
    "mixed groups, a project, an excused absence": documents.project,
    "withheld": documents.withheld,
}


@pytest.fixture(autouse=True)
def _with_empty_caches():
    caches.clear_all()


def stored(document):
    """`document` as it would be stored, its shared parts written."""
    document = {"revision": 1, "issued_at": "2026-07-02T10:00:00+02:00", "correction": None} | (
        document
    )
    tests = document.get("tests", [])
    bare = [
        {name: test[name] for name in HEADING}
        | {"parts": [{n: p[n] for n in ("code", "label", "coefficient")} for p in test["parts"]]}
        for test in tests
    ]
    headings = {name: document[name] for name in ("session", "speciality", "rules")}
    headings["tests"] = bare
    entry = document["entry"]
    parts = [headings, entry["academy"], *([entry["school"]] if entry["school"] else [])]
    keys = [*shared_parts.keep(parts), None][:3]
    packed = {k: v for k, v in document.items() if k == "tests" or k not in headings}
    if tests:
        packed["tests"] = [packing.pack_test(typed(test), i) for i, test in enumerate(tests)]
    return json.loads(json.dumps(packed | {packing.SHARED: keys}))


def typed(test):
    return PublishedTest(**test | {"parts": tuple(PublishedPart(**part) for part in test["parts"])})


def asked():
    return RequestFactory().get(reverse("results:mine"))


@pytest.mark.parametrize("day", ["2026-07-02 12:00+02:00", "2026-07-07", "2027-01-15"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.long
def test_every_situation_gives_the_page_of_the_template(language, day, time_machine):
    time_machine.move_to(day)
    with translation.override(language):
        for _visit in range(2):  # the second one finds everything remembered
            for name, situation in SITUATIONS.items():
                packed = stored(situation())
                plain = page_by_template(asked(), packed, DATES).encode()
                assert prepared_page.result_page(asked(), packed, DATES) == plain, name


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_a_correction_changed_is_each_candidate_s_own(language):
    corrections = []
    for mark, average in (("6", "9.50"), ("7.25", None), ("6", None)):
        packed = stored(SITUATIONS["corrected"]())
        replaced = [[2, mark, "9"], [3, None, None, "ABS", None, None, "", None, False, []]]
        packed["correction"] |= {"replaced_tests": replaced, "replaced_average": average}
        corrections.append(packed)
    with translation.override(language):
        for packed in corrections * 2:
            plain = page_by_template(asked(), packed, DATES).encode()
            assert prepared_page.result_page(asked(), packed, DATES) == plain


@pytest.mark.parametrize("file", ONE_OF_EACH, ids=lambda file: file.stem)
@pytest.mark.long
def test_among_many_candidates_each_reads_their_own_page(file):
    regulation = parse_regulation(file.read_text(), name=file.name)
    context, rng = random_dossiers.context_of(regulation), random.Random(f"pages {file.stem}")
    book = Rulebook(Speciality(pk=7), regulation, codes={})
    rows = RowWriter(book, context, round=1)
    for dossier in random_dossiers.draw(rng, regulation, 50):
        written = random_dossiers.unescaped(rows.of(dossier)[-1])
        issued = {"revision": 1, "issued_at": "2026-07-02T10:00:00+02:00", "correction": None}
        packed = json.loads(written) | issued
        plain = page_by_template(asked(), packed, DATES).encode()
        assert prepared_page.result_page(asked(), packed, DATES) == plain


def test_a_document_comes_back_as_it_was_before_it_was_stored():
    for situation in SITUATIONS.values():
        packed = stored(situation())
        parts = shared_parts.parts(packed[packing.SHARED], connections["default"])
        assert packing.unpack(packed, parts).items() >= situation().items()


def test_what_is_remembered_names_nobody():
    for situation in SITUATIONS.values():
        prepared_page.result_page(asked(), stored(situation()), DATES)
    kept = [item for cache in caches.all_caches() for item in cache.items()]
    pieces = chain.from_iterable(one if isinstance(one, list) else [one] for _key, one in kept)
    memory = repr(kept) + b"".join(one for one in pieces if isinstance(one, bytes)).decode()
    for situation in SITUATIONS.values():
        candidate = situation()["candidate"]
        for private in (candidate["number"], candidate["birth_name"], *candidate["address"]):
            assert len(private) < 3 or private not in memory


def test_the_candidate_reads_the_dates_as_the_office_has_them_now(client):
    entry = factories.entry(marks=factories.REFUSED)
    deliberate(entry.session)
    release.schedule(entry.session)
    cookie.remember(answer := client.get("/"), factories.visit(entry))
    client.cookies.update(answer.cookies)
    for day, words in ((date(2031, 7, 9), "9 juillet 2031"), (date(2031, 8, 9), "9 août 2031")):
        entry.session.score_sheets_mailed_on = day
        entry.session.save()
        assert words in client.get(reverse("results:mine")).content.decode()


@pytest.mark.slow
def test_a_document_stored_whole_is_shown_as_well():
    whole = documents.document()
    page = page_of(asked(), cookie.Visit(0, 0, 0, "", ""), (whole, dict.fromkeys(SHOWN_DATES)))
    assert whole["candidate"]["number"] in page.content.decode()


def test_the_form_and_the_wait_are_the_pages_of_their_templates(client, time_machine, monkeypatch):
    monkeypatch.setattr("django.middleware.csrf._mask_cipher_secret", lambda secret: "x" * 64)
    opening = timezone.now() + timedelta(days=2)
    entry = factories.entry(marks=factories.ADMITTED)
    deliberate(entry.session)
    release.schedule(entry.session, at=opening)
    for name in ("results:lookup", "results:mine"):
        pages = {}
        for minute in (0, 1, 1):
            time_machine.move_to(
                opening - timedelta(hours=1) + timedelta(minutes=minute, seconds=7),
                tick=False,
            )
            if name == "results:mine":  # the form leads on whoever is identified
                cookie.remember(answer := HttpResponse(), factories.visit(entry))
                client.cookies.update(answer.cookies)
            framed = client.get(reverse(name)).content.decode()
            caches.clear_all()
            asked_plainly = client.get(reverse(name), {"x": ""}).content.decode()
            assert framed == asked_plainly.replace(f"{reverse(name)}?x=", reverse(name))
            pages[minute] = framed
        assert len(pages[0]) > 1000
        assert pages[0] != pages[1]
