"""Entries without a final decision, or whose decision is deferred: released, and on no list."""

import io

import pytest
from django.core.management import call_command

from results.jury import decisions_file
from results.jury.deliberation import DeliberationRefused, deliberate
from results.models import Decision, PublishedResult, Regulation
from results.posted_list import printing as posted_lists
from results.publication import release
from results.publication.preview import preview
from results.score_sheet import printing
from results.score_sheet.sheet import NoScoreSheet, score_sheet_html
from tests import factories
from tests.office_files import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    """An office where force majeure is replaced; one entry admitted, and one of each without."""
    speciality = factories.speciality()
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    consents = {"web_consent": True}
    factories.entry("26A", marks=factories.ADMITTED, birth_name="ALBERT", **consents)
    factories.entry("26N", marks={"U1": "20"}, units="U1", birth_name="NATHAN", **consents)
    factories.entry("26D", marks=factories.ADMITTED | {"U2": "FM"}, birth_name="DENIS", **consents)
    return factories.session()


@pytest.fixture
def released(session):
    deliberate(session)
    release.schedule(session)
    return session


def _document(number):
    return PublishedResult.objects.get(entry__number=number).whole_document


def test_they_are_decided_so_and_do_not_block_the_release(session):
    found = deliberate(session)
    assert found.total == {"ADMITTED": 1, "NOT_FINAL": 1, "DEFERRED": 1}
    stored = dict(Decision.objects.values_list("entry__number", "reasons"))
    assert stored["26N"] == ["NOT_HELD:U2", "NOT_HELD:U3"]
    assert stored["26D"] == ["REPLACED:U2"]
    shown = preview(session, specialities=[factories.speciality()])
    assert shown.problems == []


def test_they_are_on_no_list_and_no_diploma_is_made(released):
    (posted,) = posted_lists.posted_lists(released.releases.get())
    assert [birth for birth, _given in posted.names] == ["ALBERT"]
    assert PublishedResult.objects.on_the_web().count() == 1
    routes = {number: _document(number)["diploma_route"] for number in ("26A", "26N", "26D")}
    assert (routes["26A"] is None, routes["26N"], routes["26D"]) == (False, None, None)


def test_no_sheet_is_made_of_a_deferred_decision(released):
    with pytest.raises(NoScoreSheet):
        score_sheet_html(_document("26D"), code=PublishedResult.objects.first().verification_code)
    printed = printing.open_score_sheets(released).values_list("entry__number", flat=True)
    assert sorted(printed) == ["26A", "26N"]


def test_the_sheet_says_that_there_is_no_final_decision(released):
    row = PublishedResult.objects.get(entry__number="26N")
    sheet = score_sheet_html(row.whole_document, code=row.verification_code)
    assert "Sans décision finale" in sheet
    assert "ni acquises (U2, U3)" in sheet
    assert "Total des points" not in sheet


def test_their_averages_are_in_no_export(released):
    rows = {row[0]: row for row in decisions_file.rows(released)}
    assert rows["26N"][3:5] == ("", "NOT_FINAL")
    assert rows["26D"][3:5] == ("", "DEFERRED")


def test_a_replaced_test_is_told_as_replaced_and_not_as_zero(released):
    tests = {test["code"]: test for test in _document("26D")["tests"]}
    assert (tests["U2"]["status"], tests["U2"]["counted"]) == ("REMPL", None)
    assert (tests["U1"]["mark"], tests["U1"]["points"]) == ("12.00", "24")
    assert not any(test["kept_for_next"] for test in tests.values())
    assert {t["code"] for t in _document("26N")["tests"] if t["kept_for_next"]} == {"U1"}


def test_the_name_of_a_subject_is_that_of_the_candidate(session):
    factories.entry("26S", marks=factories.ADMITTED, subjects="U2=Anglais")
    deliberate(session)
    release.schedule(session)
    labels = {test["code"]: test["label"] for test in _document("26S")["tests"]}
    assert labels["U2"] == "Langue vivante\u00a0: Anglais"
    assert labels["U1"] == "Culture générale"
    row = PublishedResult.objects.get(entry__number="26S")
    assert "Anglais" in score_sheet_html(row.whole_document, code=row.verification_code)


def test_units_that_complete_the_exam_decide_it(session):
    held = {"U1": "12", "U2": "BEN12/2025", "U3": "BEN10/2024"}
    factories.entry("26C", marks=held, units="U1")
    deliberate(session)
    assert Decision.objects.get(entry__number="26C").verdict == "ADMITTED"


def test_a_unit_that_the_regulation_lacks_is_named_before_anything_is_decided(session):
    factories.entry("26X", units="U1 U9", subjects="U8=Latin")
    with pytest.raises(DeliberationRefused, match="26X : son règlement n’a pas d’épreuve U8, U9"):
        deliberate(session)


def test_the_command_warns_of_rules_that_nobody_has_checked_and_goes_on(session):
    deliberate(session)
    Regulation.objects.update(checked=False)
    err = io.StringIO()
    call_command("release", session.code, "--now", stdout=io.StringIO(), stderr=err)
    assert plain(err.getvalue()) == "MINI : règlement à vérifier.\n"
    assert session.releases.open().exists()


def test_the_commands_count_them_apart(session):
    out = io.StringIO()
    call_command("deliberate", session.code, stdout=out)
    head, _line, _total = out.getvalue().split("\n")[:3]
    assert ("NOT_FINAL" in head, "DEFERRED" in head) == (True, True)
