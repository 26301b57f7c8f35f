import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from candidates.models import Speciality
from results.admin.jury_edit import JuryEdit, rounds_to_decide
from results.jury.deliberation import deliberate
from results.models import Decision, JuryDecision, PublishedResult
from results.publication import release
from tests import factories
from tests.staff import client_of, member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("one_person")]


def shipped(name):
    call_command("import_regulation", f"results/regulations/{name}.toml", verbosity=0)
    return Speciality.objects.get()


@pytest.fixture
def refused_entry():
    """Alone in a session, refused by the jury with 33 points of the 60 that are required."""
    made = factories.entry(marks=factories.REFUSED)
    deliberate(made.session)
    return made


def address(entry):
    return reverse("admin:candidates_entry_jury", args=[entry.pk])


def confirmed(client, entry, points, *, reason="Assiduité.", round=1):
    page = client.get(address(entry))
    data = {
        "round": round,
        "points": points,
        "reason": reason,
        "seen": page.context["edit"].state,
        "_confirm": "1",
    }
    return client.post(address(entry), data, follow=True)


def revisions(entry):
    rows = PublishedResult.objects.filter(entry=entry).order_by("revision")
    return [(row.revision, row.verdict) for row in rows]


def test_the_points_are_weighed_before_they_are_given(refused_entry, manager):
    data = {"round": 1, "points": "27", "reason": "Assiduité."}
    page = manager.post(address(refused_entry), data)
    (line,) = page.context["outcome"]
    assert (line.before, line.after) == ("refusé, moyenne 5,50", "admis, moyenne 10,00")
    assert not JuryDecision.objects.exists()


@pytest.mark.parametrize(("points", "verdict"), [("27", "ADMITTED"), ("26,99", "REFUSED")])
def test_the_jury_raises_a_candidate_and_the_answer_of_the_rule_stays(
    points, verdict, refused_entry, manager
):
    confirmed(manager, refused_entry, points)
    decision = Decision.objects.get(entry=refused_entry)
    assert (decision.verdict, decision.rule_verdict) == (verdict, "REFUSED")


def test_the_form_proposes_what_is_missing_to_the_nearest_threshold(refused_entry, manager):
    page = manager.get(address(refused_entry))
    assert "Premier tour : il manque 27,00 points pour être « admis »." in text_of(page)
    assert page.context["edit"].form["points"].value() == 27


@pytest.mark.parametrize("points", ["27,01", "500"])
def test_the_jury_gives_no_more_than_is_missing(points, refused_entry, manager):
    page = confirmed(manager, refused_entry, points)
    assert page.context["edit"].form.errors["points"] == [
        "Il manque 27,00 points pour être « admis » : le jury n’en ajoute pas davantage."
    ]
    assert not JuryDecision.objects.exists()


def test_whoever_stands_under_no_threshold_is_given_no_points(manager):
    admitted = factories.entry(marks=factories.ADMITTED)
    deliberate(admitted.session)
    page = manager.get(address(admitted))
    assert "aucun seuil n’est au-dessus de ce candidat" in text_of(page)
    assert confirmed(manager, admitted, "1").context["edit"].form.errors["points"]


def test_a_candidate_for_a_mention_is_proposed_the_points_to_it(manager):
    speciality = factories.regulation("BAC", mentions=[("Assez bien", 12)])
    entry = factories.entry(speciality=speciality, marks={"U1": "11", "U2": "12", "U3": "12"})
    page = manager.get(address(entry))
    assert "il manque 2,00 points pour être « admis, mention Assez bien »" in text_of(page)


def test_after_the_second_round_the_points_to_admission_are_proposed(manager):
    called = factories.entry(marks=factories.CONTROL)
    deliberate(called.session)
    factories.give_marks(called, {"U1": (None, "9"), "U2": (None, "8")})
    page = manager.get(address(called))
    assert page.context["edit"].form["round"].value() == 2
    assert page.context["edit"].form["points"].value() == 1
    assert "Premier tour : il manque 3,00 points" in text_of(page)
    assert "Second tour : il manque 1,00 point" in text_of(page)


def test_the_database_takes_no_more_points_than_the_highest_threshold(refused_entry, manager):
    author = User.objects.get(username="manager")
    values = {"entry": refused_entry, "reason": "x", "author": author}
    with pytest.raises(IntegrityError, match="highest threshold"), transaction.atomic():
        JuryDecision.objects.create(points=Decimal("60.01"), **values)
    granted = JuryDecision.objects.create(points=60, **values)
    with pytest.raises(IntegrityError, match="highest threshold"), transaction.atomic():
        JuryDecision.objects.filter(pk=granted.pk).update(points=500)


def test_the_jury_of_the_brevet_raises_in_its_own_divisor(manager):
    made = factories.entry(speciality=shipped("dnb-g-2026"), marks={"CC": "4", "FRA": "5"})
    factories.give_marks(made, dict.fromkeys(("MAT", "HG", "EMC", "SCI", "ORA"), "5"))
    deliberate(made.session)
    page = confirmed(manager, made, "540,01")
    assert "Il manque 540,00 points" in page.context["edit"].form.errors["points"][0]
    confirmed(manager, made, "540")  # of 1,000; the eleven coefficients are 220
    decision = Decision.objects.get(entry=made)
    assert (decision.verdict, decision.rule_verdict, decision.average) == (
        "ADMITTED",
        "REFUSED",
        10,
    )
    values = {"entry": made, "reason": "x", "author": User.objects.get(username="manager")}
    JuryDecision.objects.all().delete()
    with pytest.raises(IntegrityError, match="highest threshold is at 1800"), transaction.atomic():
        JuryDecision.objects.create(points=Decimal("1800.01"), **values)


def test_who_decided_when_and_why_is_kept(refused_entry, manager):
    confirmed(manager, refused_entry, "27", reason="Résultats des deux années.")
    taken = JuryDecision.objects.get(entry=refused_entry)
    assert (taken.author.username, taken.reason) == ("manager", "Résultats des deux années.")
    assert timezone.now() - taken.created_at < timedelta(minutes=1)


def test_a_decision_after_the_release_is_a_revision(refused_entry, manager):
    release.schedule(refused_entry.session)
    confirmed(manager, refused_entry, "27")
    assert revisions(refused_entry) == [(1, "REFUSED"), (2, "ADMITTED")]


def test_a_jury_secretary_decides_until_the_result_is_public_and_corrects_nothing(refused_entry):
    secretary = client_of("secretary")
    dossier = reverse("admin:candidates_entry_change", args=[refused_entry.pk])
    release.schedule(refused_entry.session, at=timezone.now() + timedelta(hours=2))
    assert "Décision du jury</a>" in text_of(secretary.get(dossier))
    confirmed(secretary, refused_entry, "2,5")
    seen = secretary.get(address(refused_entry)).context["edit"].state
    release.schedule(refused_entry.session)
    data = {"round": 1, "points": "27", "reason": "x", "seen": seen, "_confirm": "1"}
    assert secretary.post(address(refused_entry), data).status_code == 403
    assert JuryDecision.objects.get().points == Decimal("2.5")
    assert "Décision du jury</a>" not in text_of(secretary.get(dossier))


def test_a_release_that_opens_while_a_secretary_waits_for_its_lock_ends_their_right(refused_entry):
    data = {"round": 1, "points": "2,5", "reason": "Assiduité."}
    edits = {}
    for role in ("secretary", "manager"):
        edit = JuryEdit(refused_entry, data, rounds=rounds_to_decide(refused_entry, member(role)))
        assert edit.is_valid()
        edits[role] = edit
    release.schedule(refused_entry.session)
    with pytest.raises(PermissionDenied):
        edits["secretary"].apply(member("secretary"))
    assert not JuryDecision.objects.exists()
    edits["manager"].apply(member("manager"))
    assert JuryDecision.objects.get().author == member("manager")


def test_a_jury_secretary_decides_the_second_round_while_the_first_is_public(manager):
    called = factories.entry(marks=factories.CONTROL)
    deliberate(called.session)
    release.schedule(called.session)
    factories.give_marks(called, {"U1": (None, "9"), "U2": (None, "8")})
    secretary = client_of("secretary")
    data = {"round": 1, "points": "1", "reason": "x", "_confirm": "1"}
    page = secretary.post(address(called), data)
    assert "round" in page.context["edit"].form.errors
    assert [round for round, *_rest in page.context["edit"].proposals] == ["second tour"]
    confirmed(secretary, called, "1", round=2)
    assert (JuryDecision.objects.get().round, revisions(called)) == (2, [(1, "CONTROL")])


def test_a_jury_secretary_opens_the_pages_of_a_session_and_sees_no_button_of_others(
    refused_entry,
):
    secretary = client_of("secretary")
    names = {"session": refused_entry.session_id, "entry": refused_entry.pk}
    pages = [
        reverse("admin:index"),
        reverse("office_tables"),
        reverse("admin:candidates_session_lifecycle", args=[names["session"]]),
        reverse("admin:candidates_session_change", args=[names["session"]]),
        reverse("admin:candidates_entry_changelist"),
        reverse("admin:candidates_entry_change", args=[names["entry"]]),
        reverse("admin:candidates_candidate_change", args=[refused_entry.candidate_id]),
    ]
    for page in pages:
        text = text_of(secretary.get(page))
        for button in ("Délibérer de nouveau", "Voir ce qui sera publié", "Corriger</a>"):
            assert button not in text, page
        assert "Importer un fichier" not in text, page
    links = set(
        re.findall(
            r'href="(/gestion/[^"?#]*)',
            "".join(secretary.get(page).content.decode() for page in pages),
        )
    )
    refused = [link for link in sorted(links) if secretary.get(link).status_code == 403]
    assert refused == []


def test_a_decision_before_the_hour_rewrites_the_waiting_result(refused_entry, manager):
    release.schedule(refused_entry.session, at=timezone.now() + timedelta(hours=2))
    confirmed(manager, refused_entry, "27")
    assert revisions(refused_entry) == [(1, "ADMITTED")]


def test_another_decision_replaces_the_first_which_stays_in_the_history(refused_entry, manager):
    confirmed(manager, refused_entry, "2,5", reason="Erreur de frappe.")
    page = manager.get(address(refused_entry))
    assert "Le jury a déjà accordé 2,50 points au premier tour" in text_of(page)
    confirmed(manager, refused_entry, "27", reason="Assiduité.")
    assert JuryDecision.objects.get(entry=refused_entry).points == 27
    page = manager.get(reverse("admin:candidates_entry_change", args=[refused_entry.pk]))
    told = {(change.name, change.before, change.after) for change in page.context["changes"]}
    name, first = "Points du jury, premier tour", "2,50 points (Erreur de frappe.)"
    assert told == {(name, "—", first), (name, first, "27,00 points (Assiduité.)")}


def test_the_first_decision_is_a_change_too_with_its_author(refused_entry, manager):
    confirmed(manager, refused_entry, "1,5", reason="Assiduité.")
    page = manager.get(reverse("admin:candidates_entry_change", args=[refused_entry.pk]))
    (change,) = page.context["changes"]
    assert (change.by, change.before, change.after, change.reason) == (
        "manager",
        "—",
        "1,50 point (Assiduité.)",
        "Assiduité.",
    )
    assert "Rien n’a changé" not in text_of(page)


def test_zero_points_take_the_decision_back(refused_entry, manager):
    confirmed(manager, refused_entry, "27")
    confirmed(manager, refused_entry, "0", reason="Décision prise pour un autre.")
    assert not JuryDecision.objects.exists()
    assert Decision.objects.get(entry=refused_entry).verdict == "REFUSED"


def test_zero_points_where_there_was_no_decision_are_no_change(refused_entry, manager):
    answer = confirmed(manager, refused_entry, "0")
    assert messages_of(answer) == ["Rien à changer : le dossier est déjà ainsi."]


def test_a_double_click_decides_once(refused_entry, manager):
    release.schedule(refused_entry.session)
    confirmed(manager, refused_entry, "27")
    answer = confirmed(manager, refused_entry, "27")
    assert messages_of(answer) == ["Rien à changer : le dossier est déjà ainsi."]
    assert len(revisions(refused_entry)) == 2


@pytest.mark.parametrize("points", ["-1", "beaucoup", "", "1,234", "NaN"])
def test_the_jury_gives_a_number_of_points_and_takes_none(points, refused_entry, manager):
    page = confirmed(manager, refused_entry, points)
    assert page.context["edit"].form.errors
    assert not JuryDecision.objects.exists()


def test_the_jury_gives_its_reason(refused_entry, manager):
    page = confirmed(manager, refused_entry, "27", reason=" ")
    assert page.context["edit"].reason.errors
    assert not JuryDecision.objects.exists()


def test_the_second_round_is_for_those_called_to_it(refused_entry, manager):
    assert confirmed(manager, refused_entry, "27", round=2).context["edit"].form.errors
    called = factories.entry(marks=factories.CONTROL)
    deliberate(called.session)
    factories.give_marks(called, factories.REFUSED_AGAIN)
    deliberate(called.session, round=2)
    confirmed(manager, called, "3", round=2)
    assert Decision.objects.get(entry=called, round=2).verdict == "ADMITTED"
    assert Decision.objects.get(entry=called, round=1).verdict == "CONTROL"
