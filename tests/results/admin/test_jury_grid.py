"""The grid of the borderline: who is in it, what is typed in it, and what that gives."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from results.admin.jury.grid import Grid
from results.jury import borderline
from results.jury.deliberation import deliberate
from results.models import Decision, JuryDecision, PublishedResult, Release
from results.publication import release
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

NEAR = {"U1": "8", "U2": "9", "U3": "11,5"}  # 59,5 / 60: called, 0,50 point from admission
NEARER = {"U1": "9", "U2": "8", "U3": "11,30"}  # 59,9 / 60
OUT_OF_CALL = {"U1": "6", "U2": "7", "U3": "9,5"}  # 47,5: 0,50 point from 48, but U3 is below 10


def entries(*all_marks):
    made = [
        factories.entry(marks={code: mark.replace(",", ".") for code, mark in marks.items()})
        for marks in all_marks
    ]
    deliberate(made[0].session)
    return made


def address(session, **filters):
    return reverse("admin:candidates_session_jury", args=[session.pk], query=filters)


def typed(page, **of_entries):
    """What the grid of a page sends with points and reason typed for entries, by number."""
    data = {"row": []}
    for row in page.context["rows"]:
        form, number = row["form"], row["entry"].number
        data["row"].append(row["entry"].pk)
        for field in form:
            data[field.html_name] = field.value() or ""
        data[form["seen"].html_name] = form.row.state
        if number in of_entries:
            data[form["points"].html_name], data[form["reason"].html_name] = of_entries[number]
    return data


def numbers(page):
    return [row["entry"].number for row in page.context["rows"]]


def test_those_just_below_a_threshold_are_shown_the_nearest_first(manager):
    far = factories.REFUSED
    near, nearer, _far, _admitted, barred = entries(
        NEAR, NEARER, far, factories.ADMITTED, OUT_OF_CALL
    )
    page = manager.get(address(near.session))
    assert numbers(page) == [nearer.number, near.number]
    text = text_of(page)
    assert "0,10 point pour admis" in text
    assert near.candidate.birth_name not in text
    assert numbers(manager.get(address(near.session, distance="0.10"))) == [
        nearer.number,
        near.number,
    ]
    assert numbers(manager.get(address(near.session, seuil="mention"))) == []
    assert numbers(manager.get(address(near.session, etablissement="0000000X"))) == []
    assert barred.number not in numbers(page)  # points would lift no group above its minimum


def test_points_are_weighed_then_given_in_two_clicks(manager):
    near, nearer = entries(NEAR, NEARER)
    where = address(near.session)
    data = typed(
        manager.get(where), **{near.number: ("0,5", "Assiduité."), nearer.number: ("", "")}
    )
    weighed = manager.post(where, data)
    assert "admis, moyenne 10,00" in text_of(weighed)
    assert not JuryDecision.objects.exists()
    assert manager.post(where, typed(weighed) | {"_confirm": "1"}).status_code == 302
    assert Decision.objects.get(entry=near).verdict == "ADMITTED"
    assert Decision.objects.get(entry=near).rule_verdict == "CONTROL"
    (granted,) = JuryDecision.objects.all()
    assert (granted.entry, granted.reason, granted.author.username) == (
        near,
        "Assiduité.",
        "manager",
    )
    page = manager.get(where)  # whoever was raised stays in the grid, and can be taken back
    data = typed(page, **{near.number: ("0", "Erreur de saisie.")})
    manager.post(where, data | {"_confirm": "1"})
    assert not JuryDecision.objects.exists()
    assert Decision.objects.get(entry=near).verdict == "CONTROL"


def test_a_wrong_row_is_named_and_the_others_are_kept(manager):
    near, nearer = entries(NEAR, NEARER)
    where = address(near.session)
    wrong = {
        ("7", "Assiduité."): "Il manque 0,10 point pour être « admis »",
        ("0,1", ""): "Indiquez le motif.",
        ("", "Assiduité."): "Un motif, mais pas de points",
        ("dix", "Assiduité."): "Saisissez un nombre.",
    }
    for cells, sentence in wrong.items():
        page = manager.get(where)
        weighed = manager.post(where, typed(page, **{nearer.number: cells}))
        assert sentence in text_of(weighed)
        assert not weighed.context["to_confirm"]
    data = typed(page, **{nearer.number: ("7", "Assiduité."), near.number: ("0,5", "Livret.")})
    answer = manager.post(where, data | {"_confirm": "1"})
    assert numbers(answer) == [nearer.number]
    assert [one.entry for one in JuryDecision.objects.all()] == [near]


def test_a_row_changed_by_another_meanwhile_is_refused_alone(manager):
    near, nearer = entries(NEAR, NEARER)
    where = address(near.session)
    cells = {near.number: ("0,5", "Assiduité."), nearer.number: ("0,1", "Livret.")}
    data = typed(manager.get(where), **cells)
    other = typed(manager.get(where), **{nearer.number: ("0,05", "Autre.")})
    manager.post(where, other | {"_confirm": "1"})
    answer = manager.post(where, data | {"_confirm": "1"})
    assert numbers(answer) == [nearer.number]
    assert "Ce dossier a changé" in text_of(answer)
    reasons = dict(JuryDecision.objects.values_list("entry__number", "reason"))
    assert reasons == {near.number: "Assiduité.", nearer.number: "Autre."}
    # What was typed is still there; sent again after reading, it is taken.
    assert manager.post(where, typed(answer) | {"_confirm": "1"}).status_code == 302
    assert JuryDecision.objects.get(entry=nearer).reason == "Livret."


def test_a_round_that_is_announced_is_decided_on_the_pages_of_candidates_by_two(manager):
    near, _nearer = entries(NEAR, NEARER)
    where = address(near.session)
    data = typed(manager.get(where), **{near.number: ("0,5", "Livret.")}) | {"_confirm": "1"}
    release.schedule(near.session, at=timezone.now() + timedelta(days=2))
    page = manager.get(where)
    assert not page.context["may_decide"]
    assert "passe par la fiche du candidat" in text_of(page)
    assert manager.post(where, data).status_code == 403
    assert Decision.objects.get(entry=near).verdict == "CONTROL"
    Release.objects.update(withdrawn_at=timezone.now())  # two people open it again
    assert manager.post(where, data).status_code == 302


@pytest.mark.usefixtures("one_person")
def test_a_secretary_decides_until_the_round_is_public_and_a_manager_after_with_revisions():
    secretary, manager = client_of("secretary"), client_of("manager")
    near, nearer = entries(NEAR, NEARER)
    where = address(near.session)
    data = typed(secretary.get(where), **{nearer.number: ("0,1", "Livret.")})
    secretary.post(where, data | {"_confirm": "1"})
    assert Decision.objects.get(entry=nearer).verdict == "ADMITTED"
    release.schedule(near.session)
    page = secretary.get(where)
    assert not page.context["may_decide"]
    assert "Ce tour est programmé ou public" in text_of(page)
    data = typed(page, **{near.number: ("0,5", "Livret.")}) | {"_confirm": "1"}
    assert secretary.post(where, data).status_code == 403
    assert manager.post(where, data).status_code == 302
    revision = PublishedResult.objects.filter(entry=near).latest("revision")
    assert (revision.revision, revision.verdict, revision.reason) == (2, "ADMITTED", "Livret.")


@pytest.mark.usefixtures("one_person")
def test_within_the_hour_before_results_open_the_code_of_the_session_is_typed(manager):
    near, _nearer = entries(NEAR, NEARER)
    release.schedule(near.session, at=timezone.now() + timedelta(minutes=30))
    where = address(near.session)
    data = typed(manager.get(where), **{near.number: ("0,5", "Livret.")}) | {"_confirm": "1"}
    answer = manager.post(where, data)
    assert "tapez le code de la session" in text_of(answer)
    assert not JuryDecision.objects.exists()
    assert manager.post(where, data | {"confirmed": near.session.code}).status_code == 302
    assert JuryDecision.objects.get().entry == near


def test_a_full_page_takes_the_same_queries_as_a_short_one(manager, django_assert_max_num_queries):
    made = entries(NEAR, NEARER)
    where = address(made[0].session)

    def confirm():
        page = manager.get(where)
        cells = {row["entry"].number: ("0,1", "Livret.") for row in page.context["rows"]}
        return manager.post(where, typed(page, **cells) | {"_confirm": "1"})

    entries(*[NEARER] * 20)
    with django_assert_max_num_queries(110):
        assert confirm().status_code == 302
    assert JuryDecision.objects.count() == 22


def test_the_session_says_how_many_are_near_a_threshold_and_leads_to_the_grid(manager):
    near, _nearer = entries(NEAR, NEARER)
    page = manager.get(reverse("admin:candidates_session_lifecycle", args=[near.session.pk]))
    assert "2 candidats sont à moins de 0,10 d’un seuil." in text_of(page)
    assert address(near.session) in page.content.decode()


@pytest.mark.usefixtures("one_person")
def test_a_release_that_opens_while_a_secretary_waits_for_its_lock_ends_their_right(manager):
    (near,) = entries(NEAR)
    data = typed(manager.get(address(near.session)), **{near.number: ("0,5", "Assiduité.")})
    rows = list(
        borderline.read(near.session, near.speciality, round=1, entry_ids=[near.pk]).values()
    )
    posted = Grid(near.session, near.speciality, round=1, rows=rows, data=data)
    assert posted.changed
    release.schedule(near.session)
    with pytest.raises(PermissionDenied):
        posted.apply(member("secretary"))
    assert not JuryDecision.objects.exists()
    posted.apply(member("manager"))
    assert JuryDecision.objects.count() == 1
