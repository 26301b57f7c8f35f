"""The grid of the second round: marks of every called candidate in one page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.models import Decision, Mark
from results.publication import release
from tests import factories
from tests.staff import messages_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def called():
    """Two candidates called to the second round; others are not, or are withheld."""
    two = [factories.entry(marks=factories.CONTROL) for _ in range(2)]
    factories.entry(marks=factories.ADMITTED)
    factories.entry(marks=factories.CONTROL, withheld=True)
    deliberate(two[0].session)
    return two


def address(entry):
    return reverse("admin:candidates_session_second_round", args=[entry.session_id])


def typed(page, *marks):
    """What the page sends with these marks typed, as (entry, code of a test, text)."""
    data, texts = {}, {(entry.number, code): text for entry, code, text in marks}
    for row in page.context["rows"]:
        for cell in row["cells"]:
            place = row["entry"].number, cell["test"].code
            data[cell["name"]] = texts.get(place, cell["value"])
            data[cell["seen_name"]] = cell["seen"]
    return data


def kept():
    marks = Mark.objects.filter(round=2).order_by("entry", "test__position")
    return [(mark.entry, mark.test.code, mark.value, mark.status) for mark in marks]


def test_the_marks_of_all_called_candidates_are_typed_in_one_page(called, manager):
    lea, tom = called
    page = manager.get(address(lea))
    assert [row["entry"] for row in page.context["rows"]] == [lea, tom]
    assert [test.code for test in page.context["tests"]] == ["U1", "U2"]
    marks = [(lea, "U1", "12,5"), (lea, "U2", "9"), (tom, "U1", "abs"), (tom, "U2", "10.00")]
    answer = manager.post(address(lea), typed(page, *marks), follow=True)
    assert messages_of(answer) == ["4 notes enregistrées."]
    assert kept() == [
        (lea, "U1", 1250, ""),
        (lea, "U2", 900, ""),
        (tom, "U1", None, "ABS"),
        (tom, "U2", 1000, ""),
    ]
    again = manager.post(address(lea), typed(answer), follow=True)
    assert messages_of(again) == ["Rien à changer : aucune ligne n’est différente."]
    emptied = typed(again, (tom, "U2", ""))
    manager.post(address(lea), emptied)
    assert len(kept()) == 3


def test_a_wrong_mark_is_named_in_its_cell_and_nothing_is_kept(called, manager):
    lea, tom = called
    wrong = {"21": "de 0 à 20", "dix": "note attendue", "REP": "écrivez REP dans", "12,345": "note"}
    for text, sentence in wrong.items():
        page = manager.get(address(lea))
        data = typed(page, (lea, "U1", "12"), (tom, "U2", text))
        answer = manager.post(address(lea), data)
        (cell,) = (c for row in answer.context["rows"] for c in row["cells"] if c["errors"])
        assert (cell["test"].code, cell["value"]) == ("U2", text)
        assert sentence in cell["errors"][0]
        assert "Rien n’est enregistré" in text_of(answer)
        assert kept() == []


def test_a_mark_changed_meanwhile_by_another_is_not_overwritten(called, manager):
    lea, _tom = called
    page = manager.get(address(lea))
    factories.give_marks(lea, {"U1": (None, "15")})
    answer = manager.post(address(lea), typed(page, (lea, "U1", "12")))
    assert "Cette note a changé" in text_of(answer)
    assert [mark[2] for mark in kept()] == [1500]


@pytest.mark.usefixtures("one_person")
def test_a_decision_already_taken_follows_the_marks(called, manager):
    lea, tom = called
    marks = {"U1": (None, "9"), "U2": (None, "8")}
    for one in called:
        factories.give_marks(one, marks)
    release.schedule(lea.session)
    deliberate(lea.session, round=2)
    assert Decision.objects.get(entry=lea, round=2).verdict == "REFUSED"
    release.schedule(lea.session, round=2, at=timezone.now() + timedelta(minutes=30))
    data = typed(manager.get(address(lea)), (lea, "U1", "14"))
    answer = manager.post(address(lea), data)
    assert "tapez le code de la session" in text_of(answer)
    manager.post(address(lea), data | {"confirmed": lea.session.code})
    assert Decision.objects.get(entry=lea, round=2).verdict == "ADMITTED"
    assert Decision.objects.get(entry=tom, round=2).verdict == "REFUSED"
    release.schedule(lea.session, round=2)
    answer = manager.post(address(lea), typed(manager.get(address(lea)), (lea, "U1", "8")))
    assert "ce résultat est publié" in text_of(answer)


def test_many_marks_take_as_many_queries_as_few(called, manager, django_assert_max_num_queries):
    lea, _tom = called
    page = manager.get(address(lea))
    with CaptureQueriesContext(connection) as captured:
        manager.post(address(lea), typed(page, (lea, "U1", "12")))
    few = len(captured)
    for _ in range(20):
        factories.entry(marks=factories.CONTROL)
    deliberate(lea.session)
    page = manager.get(address(lea))
    marks = [(row["entry"], code, "12") for row in page.context["rows"] for code in ("U1", "U2")]
    with django_assert_max_num_queries(few):
        assert manager.post(address(lea), typed(page, *marks)).status_code == 302
    assert len(kept()) == 44


def test_once_the_round_is_announced_a_mark_takes_the_road_of_two_people(called, manager):
    lea, _tom = called
    for one in called:
        factories.give_marks(one, {"U1": (None, "9"), "U2": (None, "8")})
    release.schedule(lea.session)
    deliberate(lea.session, round=2)
    release.schedule(lea.session, round=2, at=timezone.now() + timedelta(days=2))
    before = kept()
    answer = manager.post(address(lea), typed(manager.get(address(lea)), (lea, "U1", "19")))
    assert "une seconde personne l’approuve" in text_of(answer)
    assert kept() == before
