"""Correcting one entry, in its two steps, whatever stage its result is at."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from candidates.identification import cookie
from candidates.models import Candidate, Entry
from results import rules
from results.jury.deliberation import deliberate
from results.models import Decision, JuryDecision, Mark, PublishedResult, Test
from results.publication import release
from results.regulations import rulebook
from tests import factories
from tests.staff import member, messages_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("one_person")]


def address(entry):
    return reverse("admin:candidates_entry_correct", args=[entry.pk])


def typed(client, entry, **changes):
    """Return the data that the form of `entry` would send, with `changes`.

    Marks are named by test code, other fields by name.
    """
    edit = client.get(address(entry)).context["edit"]
    data = {}
    for form in edit.forms:
        for field in form:
            value = field.value()
            if value not in (None, "", False):
                data[field.html_name] = field.field.prepare_value(value)
                if isinstance(value, date):
                    data[field.html_name] = f"{value:%d/%m/%Y}"
    for name, value in changes.items():
        data |= _named(entry, name, value)
    return {key: value for key, value in data.items() if value is not None}


def _named(entry, name, value):
    code, _, what = name.partition("_")
    if code.isupper():
        code, _, round = code.partition("R")
        test = Test.objects.get(speciality=entry.speciality, code=code)
        return {f"note-{test.pk}-{round or 1}-{what or 'value'}": value}
    if name == "reason":
        return {name: value}
    own = {field.name for field in Entry._meta.fields}
    return {f"{'inscription' if name in own else 'identite'}-{name}": value}


def confirmed(client, entry, data):
    page = client.post(address(entry), data)
    assert page.context.get("changes"), page.context["edit"].forms
    return client.post(address(entry), data | {"_confirm": "1"}, follow=True)


def mark_of(entry, code, round=1):
    return Mark.objects.filter(entry=entry, test__code=code, round=round).first()


def revisions(entry):
    rows = PublishedResult.objects.filter(entry=entry).order_by("round", "revision")
    return [(row.round, row.revision, row.verdict, row.reason) for row in rows]


def test_the_form_holds_what_the_dossier_holds(people, operator):
    page = operator.get(address(people["absent"]))
    values = [
        (form.label, form["value"].value(), form["status"].value())
        for form in page.context["edit"].marks
    ]
    assert values[:3] == [
        ("U1, premier tour", "12,00", ""),
        ("U2, premier tour", "", "ABS"),
        ("U3, premier tour", "14,00", ""),
    ]
    assert "Rien n’est publié." in text_of(page)


@pytest.mark.parametrize("figures", ["16,5", "16.5", "16,50", " 16.50 "])
def test_a_mark_is_typed_with_a_comma_or_a_point(figures, people, session, operator):
    entry = people["refused"]
    deliberate(session)
    data = typed(operator, entry, U3=figures, reason="Erreur de report.")
    page = operator.post(address(entry), data)
    (change,) = page.context["changes"]
    assert (change.name, change.before, change.after) == ("U3, premier tour", "6,00", "16,50")
    (outcome,) = page.context["outcome"]
    assert (outcome.before, outcome.after) == (
        "refusé, moyenne 5,50",
        "admis, moyenne 10,75",
    )
    assert mark_of(entry, "U3").value == 600
    assert Decision.objects.get(entry=entry).verdict == "REFUSED"


def test_before_any_release_a_confirmed_correction_decides_again(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    answer = confirmed(operator, entry, typed(operator, entry, U3="16,5", reason="Erreur."))
    assert messages_of(answer) == ["La correction est enregistrée."]
    assert mark_of(entry, "U3").value == 1650
    assert Decision.objects.get(entry=entry).verdict == "ADMITTED"
    assert not PublishedResult.objects.exists()


def test_a_correction_after_which_the_points_of_the_jury_are_too_many_says_so(operator):
    raised = factories.entry(marks=factories.REFUSED)
    JuryDecision.objects.create(entry=raised, points=27, reason="x", author=member("manager"))
    deliberate(raised.session)
    page = operator.post(address(raised), typed(operator, raised, U3="9", reason="Erreur."))
    assert "Il manque 18,00 points pour être « admis »" in text_of(page)
    assert "Revoyez ensuite la décision du jury." in text_of(page)


def test_within_the_last_hour_a_correction_takes_the_code_of_the_session(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(minutes=40))
    data = typed(operator, entry, U1="9", reason="Erreur.")
    page = text_of(operator.post(address(entry), data))
    assert "MINI : ces résultats s’ouvrent dans 40 minutes" in page
    assert "tapez le code de la session, BTS-2026 :" in page
    page = operator.post(address(entry), data | {"_confirm": "1", "confirmed": "BTS"})
    assert "Ce n’est pas le code de la session." in text_of(page)
    assert mark_of(entry, "U1").value == 500
    operator.post(address(entry), data | {"_confirm": "1", "confirmed": "BTS-2026"})
    assert mark_of(entry, "U1").value == 900


def test_before_the_jury_a_correction_decides_nothing(people, operator):
    entry = people["refused"]
    confirmed(operator, entry, typed(operator, entry, U3="16,5", reason="Erreur."))
    assert mark_of(entry, "U3").value == 1650
    assert not Decision.objects.exists()


def test_before_the_hour_the_waiting_result_is_rewritten(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(hours=2))
    assert "Publication programmée le" in text_of(operator.get(address(entry)))
    confirmed(operator, entry, typed(operator, entry, U3="16,5", reason="Erreur."))
    assert revisions(entry) == [(1, 1, "ADMITTED", "")]


def test_after_the_hour_a_revision_is_added_with_its_reason(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session)
    page = operator.get(address(entry))
    assert "Résultat public depuis le" in text_of(page)
    assert "Si ce que lit le candidat change" in text_of(page)
    data = typed(operator, entry, U3="16,5", reason="Erreur de report.")
    page = operator.post(address(entry), data)
    assert "Une nouvelle révision remplacera aussitôt" in text_of(page)
    assert "Le candidat en lira la date et le motif." in text_of(page)
    confirmed(operator, entry, typed(operator, entry, U3="16,5", reason="Erreur de report."))
    assert revisions(entry) == [
        (1, 1, "REFUSED", ""),
        (1, 2, "ADMITTED", "Erreur de report."),
    ]
    assert PublishedResult.objects.get(entry=entry, revision=2).author.username == "operator"


def test_a_withdrawn_result_is_corrected_for_its_next_opening(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    (opened,) = release.schedule(session)
    release.withdraw(opened, by=opened.created_by)
    assert "Publication retirée" in text_of(operator.get(address(entry)))
    confirmed(operator, entry, typed(operator, entry, U3="16,5", reason="Erreur."))
    assert [row[:3] for row in revisions(entry)] == [(1, 1, "REFUSED"), (1, 2, "ADMITTED")]


def test_a_reason_is_asked_for(people, operator):
    entry = people["refused"]
    for reason in ("", "   "):
        data = typed(operator, entry, U3="16,5", reason=reason) | {"_confirm": "1"}
        page = operator.post(address(entry), data)
        assert page.context["edit"].reason.errors
    assert mark_of(entry, "U3").value == 600


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"U3": "20,01"}, "note attendue : de 0 à 20"),
        ({"U3": "12,345"}, "note attendue : de 0 à 20"),
        ({"U3": "douze"}, "note attendue : de 0 à 20"),
        ({"U3_status": "ABS"}, "pas de note avec l’état ABS"),
        ({"U3": "12", "U3_status": "BEN"}, "a une session d’origine"),
        ({"U3": "9", "U3_status": "BEN", "U3_origin": "2024"}, "un bénéfice est une note de 10"),
        ({"U3": "12", "U3_status": "BEN", "U3_origin": "2019"}, "se conserve 5 sessions"),
        ({"U3": "9", "U3_status": "REP", "U3_origin": "2024"}, "forme progressive"),
        ({"U3_origin": "2024"}, "seule une note conservée"),
        ({"school": "0000000Z"}, "Aucun établissement n’a cet UAI."),
        ({"ine": "123"}, "INE attendu"),
        ({"birth_name": "123"}, "un nom contient au moins une lettre"),
        ({"birth_name": "=SOMME"}, "formule de tableur"),
        ({"birth_date": "31/02/2004"}, "Saisissez une date comme"),
        ({"birth_date": "31/12/2044"}, "Saisissez une date comme"),
        ({"units": "U1 U9"}, "épreuve inconnue (connues"),
        ({"units": "U1+U2"}, "code d’épreuve attendu"),
        ({"subjects": "U2"}, "CODE=matière"),
        ({"subjects": "LVB=Latin"}, "épreuve inconnue (connues"),
    ],
)
def test_what_cannot_be_is_explained_where_it_was_typed(changes, sentence, people, operator):
    entry = people["refused"]
    data = typed(operator, entry, **changes, reason="Essai.") | {"_confirm": "1"}
    before = list(Mark.objects.order_by("pk").values_list())
    page = operator.post(address(entry), data)
    assert sentence in text_of(page)
    assert list(Mark.objects.order_by("pk").values_list()) == before


def test_a_subject_that_its_test_does_not_offer_is_refused(people, operator):
    Test.objects.filter(code="U2").update(subjects=["Anglais"])
    data = typed(operator, people["refused"], subjects="U2=Latin", reason="Essai.")
    page = operator.post(address(people["refused"]), data | {"_confirm": "1"})
    assert "matière que l’épreuve ne propose pas (proposées : Anglais)" in text_of(page)


def test_a_mark_becomes_an_absence_or_the_other_way_round(people, session, operator):
    deliberate(session)
    entry = people["admitted"]
    confirmed(operator, entry, typed(operator, entry, U3=None, U3_status="ABS", reason="Erreur."))
    assert Decision.objects.get(entry=entry).verdict == "ELIMINATED"
    entry = people["absent"]
    confirmed(operator, entry, typed(operator, entry, U2="11", U2_status=None, reason="Erreur."))
    assert Decision.objects.get(entry=entry).verdict == "ADMITTED"


def test_what_a_candidate_has_entered_is_corrected_and_decides(people, session, operator):
    deliberate(session)
    entry = people["admitted"]
    entered = {"units": "u1 u2", "subjects": "u2 = Anglais"}
    changes = typed(operator, entry, **entered, U3=None, reason="Erreur d’inscription.")
    confirmed(operator, entry, changes)
    entry.refresh_from_db()
    assert (entry.units, entry.subjects) == ("U1 U2", "U2=Anglais")
    assert Decision.objects.get(entry=entry).verdict == "NOT_FINAL"


def test_force_majeure_may_be_typed_with_the_zero_it_counts_for(people, operator):
    entry = people["absent"]
    data = typed(operator, entry, U2="0", U2_status="FM", reason="Certificat médical.")
    confirmed(operator, entry, data)
    mark = mark_of(entry, "U2")
    assert (mark.value, mark.status) == (None, "FM")


def test_a_mark_that_was_missing_is_written_and_its_author_known(operator):
    entry = factories.entry(marks={"U1": "12", "U2": "12"})
    confirmed(operator, entry, typed(operator, entry, U3="14", reason="Copie retrouvée."))
    assert mark_of(entry, "U3").value == 1400
    logged = LogEntry.objects.get(object_id=entry.pk)
    assert logged.user.username == "operator"
    assert "Copie retrouvée." in logged.change_message
    assert "U3, premier tour\u00a0: — → 14,00" in logged.change_message


def test_an_emptied_mark_is_taken_away(people, operator):
    entry = people["refused"]
    confirmed(operator, entry, typed(operator, entry, U3=None, reason="Mauvais candidat."))
    assert mark_of(entry, "U3") is None


def test_a_kept_mark_keeps_its_year(people, operator):
    entry = people["refused"]
    data = typed(
        operator, entry, U3="12", U3_status="BEN", U3_origin="2024", reason="Bénéfice retrouvé."
    )
    confirmed(operator, entry, data)
    mark = mark_of(entry, "U3")
    assert (mark.value, mark.status, mark.origin) == (1200, "BEN", 2024)


def test_a_published_result_is_never_left_with_a_missing_mark(people, session, operator):
    entry = people["admitted"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, U3=None, reason="Essai.")
    page = operator.post(address(entry), data)
    assert "ce changement laisse des notes manquantes" in text_of(page)
    page = operator.post(address(entry), data | {"_confirm": "1"})
    assert "Rien n’a été changé" in text_of(page)
    assert mark_of(entry, "U3").value == 1400
    assert len(revisions(entry)) == 1


def test_the_name_is_corrected_and_the_list_follows(people, session, operator):
    entry = people["admitted"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, birth_name="Albère", usage_name="Roux", reason="État civil.")
    page = operator.post(address(entry), data)
    assert [(change.name, change.before, change.after) for change in page.context["changes"]] == [
        ("Nom de naissance", "ALBERT", "Albère"),
        ("Nom d’usage", "—", "Roux"),
    ]
    confirmed(operator, entry, data)
    assert PublishedResult.objects.current().get(entry=entry).list_name == "ROUX Léa"


def test_the_birth_date_is_corrected_and_the_candidate_is_known_by_it(people, session, operator):
    entry = people["admitted"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, birth_date="01/02/2005", reason="État civil.")
    confirmed(operator, entry, data)
    known = {"number": entry.number, "access_code": factories.CODE, "block": ""}
    assert cookie.identify(**known, birth_date=date(2005, 2, 1)).entry_id == entry.pk
    assert cookie.identify(**known, birth_date=factories.BIRTH_DATE) is None


def test_a_result_is_withheld_and_given_back(people, session, operator):
    entry = people["admitted"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, withheld="on", reason="Procédure.")
    page = text_of(operator.post(address(entry), data))
    assert "Le candidat en lira la date et un texte fixe, jamais ce motif." in page
    assert "Motif interne, que le candidat ne lit pas : Procédure." in page
    confirmed(operator, entry, data)
    assert revisions(entry)[-1][:3] == (1, 2, "WITHHELD")
    confirmed(operator, entry, typed(operator, entry, withheld=None, reason="Relaxe."))
    assert revisions(entry)[-1][:3] == (1, 3, "ADMITTED")


def test_the_form_says_which_reason_is_internal(people, operator):
    page = text_of(operator.get(address(people["admitted"])))
    assert "Quand vous suspendez un résultat, ou levez la suspension, il reste interne." in page
    assert "Le candidat lit un texte fixe, toujours le même." in page


def test_consent_taken_back_leaves_the_web_list_without_a_revision(people, session, operator):
    entry = people["admitted"]
    deliberate(session)
    release.schedule(session)
    confirmed(operator, entry, typed(operator, entry, web_consent=None, reason="Demandé."))
    assert not PublishedResult.objects.on_the_web().filter(entry=entry).exists()
    assert len(revisions(entry)) == 1


def test_school_academy_and_status_are_corrected_and_the_diploma_follows(people, session, operator):
    entry = people["admitted"]
    factories.school("0750655E")
    deliberate(session)
    release.schedule(session)
    confirmed(operator, entry, typed(operator, entry, school="0750655e", reason="Erreur."))
    last = PublishedResult.objects.current().get(entry=entry)
    assert last.document["diploma_route"] == "SCHOOL"
    confirmed(operator, entry, typed(operator, entry, academy="14", reason="Erreur."))
    last = PublishedResult.objects.current().get(entry=entry)
    assert last.document["diploma_route"] == "OTHER_ACADEMY"


def test_second_round_marks_are_asked_of_those_called_to_it(people, session, operator):
    deliberate(session)
    places = [form.label for form in operator.get(address(people["control"])).context["edit"].marks]
    assert places[-2:] == ["U1, second tour", "U2, second tour"]
    places = [form.label for form in operator.get(address(people["refused"])).context["edit"].marks]
    assert not [place for place in places if "second" in place]


def test_a_second_round_mark_is_corrected(people, session, operator):
    entry = people["control"]
    deliberate(session)
    factories.give_marks(entry, {"U1": (None, "9"), "U2": (None, "ABS")})
    deliberate(session, round=2)
    page = operator.post(
        address(entry), typed(operator, entry, U1R2="15", reason="Erreur de report.")
    )
    assert [(change.name, change.after) for change in page.context["outcome"]] == [
        ("premier tour", "appelé au second tour, moyenne 9,50"),
        ("second tour", "admis, moyenne 11,83"),
    ]


def test_a_second_round_mark_that_leaves_the_public_result_is_not_said_to_replace_it(
    people, session, operator
):
    entry = people["control"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, U1R2="15", reason="Note du second tour.")
    page = text_of(operator.post(address(entry), data))
    assert "Le résultat publié ne change pas : il n’y a pas de nouvelle révision" in page
    assert "remplacera" not in page
    confirmed(operator, entry, data)
    assert len(revisions(entry)) == 1


def test_marks_that_the_regulation_has_no_use_for_together_are_refused(people, operator):
    """A second-round mark, for example, in a test from which the candidate is exempt."""
    entry = people["control"]
    deliberate(entry.session)
    marks = {"U1": None, "U1_status": "DISP", "U2": "5", "U1R2": "12"}
    data = typed(operator, entry, **marks, reason="Essai.")
    edit = operator.post(address(entry), data).context["edit"]
    assert {form.label: [*form.errors.values()] for form in edit.marks if form.errors} == {
        "U1, second tour": [["le candidat est dispensé de cette épreuve"]]
    }


def test_more_marks_of_the_second_round_than_may_be_chosen_are_each_told(operator):
    rules_of_exam = rulebook.load(factories.regulation()).regulation
    second = replace(rules_of_exam.second_round, choose=1)
    rulebook.store(replace(rules_of_exam, second_round=second))
    entry = factories.entry(marks=factories.CONTROL)
    deliberate(entry.session)
    data = typed(operator, entry, U1R2="12", U2R2="13", reason="Essai.")
    edit = operator.post(address(entry), data).context["edit"]
    assert {form.label: [*form.errors.values()] for form in edit.marks if form.errors} == {
        f"{code}, second tour": [["au second tour, 1 épreuve au plus parmi U1, U2"]]
        for code in ("U1", "U2")
    }


def test_a_test_with_parts_has_no_mark_of_its_own(operator):
    whole = replace(
        rulebook.load(factories.regulation()).regulation.tests[2],
        parts=(
            rules.PartRule("U31", "Écrit", Decimal(1)),
            rules.PartRule("U32", "Oral", Decimal(1)),
        ),
    )
    rules_of_exam = rulebook.load(factories.speciality()).regulation
    rulebook.store(replace(rules_of_exam, tests=(*rules_of_exam.tests[:2], whole)))
    entry = factories.entry(marks={"U1": "12", "U2": "12", "U31": "12", "U32": "12"})
    data = typed(operator, entry, U3="12", reason="Essai.")
    edit = operator.post(address(entry), data).context["edit"]
    assert {form.label: [*form.errors.values()] for form in edit.marks if form.errors} == {
        "U3, premier tour": [["cette épreuve est notée par ses parties (U31, U32)"]]
    }


def test_a_double_click_corrects_once(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, U3="16,5", reason="Erreur.") | {"_confirm": "1"}
    operator.post(address(entry), data)
    answer = operator.post(address(entry), data, follow=True)
    assert messages_of(answer)[-1] == "Rien à changer : le dossier est déjà ainsi."
    assert len(revisions(entry)) == 2


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_overwritten(
    people, session, operator
):
    entry = people["refused"]
    data = typed(operator, entry, U3="16,5", reason="Erreur.")
    Mark.objects.filter(entry=entry, test__code="U3").update(value=1000)
    page = operator.post(address(entry), data | {"_confirm": "1"})
    assert "Le dossier a changé depuis" in text_of(page)
    assert page.context["changes"][0].before == "10,00"
    assert mark_of(entry, "U3").value == 1000
    data["seen"] = page.context["edit"].state
    operator.post(address(entry), data | {"_confirm": "1"})
    assert mark_of(entry, "U3").value == 1650


def test_one_may_go_back_and_change_what_was_typed(people, operator):
    entry = people["refused"]
    data = typed(operator, entry, U3="16,5", reason="Erreur.")
    page = operator.post(address(entry), data | {"_edit": "1"})
    assert 'value="16,5"' in text_of(page)
    assert "Erreur." in text_of(page)
    assert mark_of(entry, "U3").value == 600


def test_the_confirmation_sends_again_everything_that_was_typed(people, operator):
    entry = people["absent"]
    data = typed(operator, entry, birth_name="DENISE", withheld="on", reason="Erreur.")
    page = operator.post(address(entry), data)
    again = {field.html_name: field.value() for field in page.context["edit"].hidden_fields()} | {
        "seen": page.context["edit"].state,
        "_confirm": "1",
    }
    operator.post(address(entry), {k: v for k, v in again.items() if v is not None})
    entry.refresh_from_db()
    assert entry.withheld
    assert entry.web_consent
    assert Candidate.objects.get(pk=entry.candidate_id).birth_name == "DENISE"
    assert mark_of(entry, "U2").status == "ABS"


def test_an_ine_that_is_somebody_elses_is_refused_with_a_sentence(people, operator):
    Candidate.objects.filter(pk=people["admitted"].candidate_id).update(ine="123456789AB")
    entry = people["refused"]
    data = typed(operator, entry, ine="123456789AB", reason="Erreur.") | {"_confirm": "1"}
    assert "déjà celui d’un autre candidat" in text_of(operator.post(address(entry), data))


def test_an_entry_that_is_not_there_is_a_page_not_found(operator):
    assert operator.get(reverse("admin:candidates_entry_correct", args=[0])).status_code == 404


def test_a_result_that_opens_meanwhile_is_not_overwritten(people, session, operator):
    """The server's clock is late by an hour on that of the database, which has the last word."""
    entry = people["refused"]
    deliberate(session)
    release.schedule(session)
    data = typed(operator, entry, U3="16,5", reason="Erreur.")
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        page = operator.post(address(entry), data | {"_confirm": "1"})
    assert "Un résultat publié dépend de cette donnée" in text_of(page)
    assert mark_of(entry, "U3").value == 600
    assert len(revisions(entry)) == 1
