"""The page of a session leads: what it says and offers in each state, and to whom."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates.models import Entry, Job, Session, Speciality
from results.admin import new_session
from results.jury.deliberation import deliberate
from results.models import Mark, Regulation, Test
from results.publication import release
from results.regulations import rulebook, shipped
from tests import factories
from tests.jobs import said, work
from tests.staff import client_of, messages_of, text_of

pytestmark = pytest.mark.django_db


def address(name, session):
    return reverse(f"admin:candidates_session_{name}", args=[session.pk])


def page_of(client, session):
    """The text of the page of a session, cut at its steps: what is on top, then each by name."""
    text = text_of(client.get(address("lifecycle", session)))
    top, *steps = re.split(r'<li id="([\w-]+)" class="step', text)
    return {"top": top} | dict(zip(steps[::2], steps[1::2], strict=True))


def test_the_page_offers_the_next_step_on_top_and_says_the_state_of_each_in_words(session, manager):
    factories.school()
    factories.entry("26LACKING", marks={"U1": "12"})
    page = page_of(manager, session)
    assert "Importer les notes</a>" in page["top"]
    assert '<span class="state">fait</span>' in page["entries"]
    assert '<span class="state">pas encore possible</span>' in page["release"]
    assert "MINI : il manque des notes à 1 candidat." in page["marks"]
    assert "Importer les notes</a>" not in page["marks"]  # once on a page
    assert "Voir ce qui sera publié" not in "".join(page.values())
    deliberate(session)
    page = page_of(manager, session)
    assert re.search(
        r'class="error"><a[^>]*>MINI : 1 décision est incomplète', page["deliberation"]
    )
    assert "Délibérer de nouveau le premier tour" in page["deliberation"]


def test_once_decided_the_form_of_the_release_stands_in_its_step(deliberated_session, manager):
    factories.school()
    page = page_of(manager, deliberated_session)
    assert 'href="' + address("lifecycle", deliberated_session) + '#form"' in page["top"]
    assert "Voir ce qui sera publié" in page["release"]
    release.schedule(deliberated_session, at=timezone.now() + timedelta(days=2))
    page = page_of(manager, deliberated_session)
    assert "rien à faire avant" in page["top"]
    assert "<button" not in page["top"].partition('id="content-main"')[2]


def test_what_is_public_is_neither_deliberated_nor_released_again(open_session, people, manager):
    factories.school()
    page = page_of(manager, open_session)
    assert "Délibérer" not in page["deliberation"]
    assert "Voir ce qui sera publié" not in page["release"]
    assert "Importer les notes du second tour" in page["top"]
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(open_session, round=2)
    assert "Voir ce qui sera publié" in page_of(manager, open_session)["second-round"]
    release.schedule(open_session, round=2)
    assert "Rien n’est à faire maintenant." in page_of(manager, open_session)["top"]


def test_an_operator_reads_the_steps_and_is_offered_what_an_operator_may_do(deliberated_session):
    factories.school()
    page = page_of(client_of("operator"), deliberated_session)
    assert "Cette étape revient à d’autres que vous." in page["top"]
    assert "Importer les inscriptions" in page["entries"]
    assert "Choisir les règlements" not in page["regulations"]


def test_the_page_takes_as_many_queries_with_many_specialities(
    session, manager, django_assert_max_num_queries
):
    for number in range(5):
        speciality = factories.regulation(f"S{number}")
        factories.entry(speciality=speciality, marks=factories.ADMITTED)
    with django_assert_max_num_queries(26):
        manager.get(address("lifecycle", session))


# New sessions


def test_a_new_session_is_proposed_from_the_last_one_of_its_exam(manager):
    factories.session("BTS-2025", year=2025)
    factories.session("BTS-2026", register_again_from=date(2026, 10, 12))
    form = manager.get(f"{reverse('admin:candidates_session_add')}?exam=BTS").context["adminform"]
    assert {
        name: form.form[name].value() for name in ("code", "year", "label", "register_again_from")
    } == {
        "code": "BTS-2027",
        "year": 2027,
        "label": "BTS, session 2027",
        "register_again_from": date(2027, 10, 11),  # a Monday too
    }


def test_the_first_session_of_an_exam_is_proposed_from_the_regulations_that_are_shipped():
    assert "DNB" in new_session.exams()
    for day, year in ((date(2026, 5, 2), 2026), (date(2026, 10, 2), 2027)):
        assert new_session.next_session("BAC PRO", today=day) == {
            "exam": "BAC PRO",
            "year": year,
            "code": f"BACPRO-{year}",
            "label": f"BAC PRO, session {year}",
        }


def test_whoever_makes_sessions_begins_on_the_first_page(manager):
    add = f'href="{reverse("admin:candidates_session_add")}">Nouvelle session</a>'
    assert add in text_of(manager.get(reverse("admin:index")))
    assert add not in text_of(client_of("operator").get(reverse("admin:index")))


def test_a_new_session_leads_to_its_steps(manager):
    data = {"exam": "BTS", "year": "2027", "code": "BTS-2027", "label": "BTS, session 2027"}
    answer = manager.post(reverse("admin:candidates_session_add"), data)
    assert answer.url == address("lifecycle", Session.objects.get())
    page = page_of(manager, Session.objects.get())
    assert "Choisir les règlements" in page["top"]


# Regulations


def chosen(client, session, *codes, **more):
    return client.post(address("regulations", session), {"code": codes} | more, follow=True)


def states(session):
    return {offer.rules.code: offer.state for offer in shipped.shipped_for(session)}


def test_the_regulations_of_a_session_are_imported_by_ticking_them(manager):
    session = factories.session("BTS-2027", year=2027)
    offered = text_of(manager.get(address("regulations", session)))
    assert 'value="SIO-SLAM"' in offered
    assert "MCO-2020" not in offered  # until 2025
    assert "DNB" not in offered
    said_of = messages_of(chosen(manager, session, "SIO-SLAM", "MCO-2026"))
    assert said_of == ["2 règlements importés : MCO-2026, SIO-SLAM."]
    assert states(session)["SIO-SLAM"] == "same"
    assert 'value="SIO-SLAM"' not in text_of(manager.get(address("regulations", session)))
    assert messages_of(chosen(manager, session)) == ["Cochez au moins un règlement."]


@pytest.mark.long
def test_every_shipped_regulation_is_told_to_be_the_one_that_was_imported():
    for rule in shipped.shipped_rules():
        rulebook.store(rule)
    for rule in shipped.shipped_rules():
        session = Session(pk=1, exam=rule.exam, year=rule.from_session)
        assert set(states(session).values()) == {"same"}


def test_replacing_a_regulation_under_entries_is_confirmed(manager):
    session = factories.session("BTS-2027", year=2027)
    chosen(manager, session, "SIO-SLAM")
    speciality = Speciality.objects.get(code="SIO-SLAM")
    Test.objects.filter(speciality=speciality, code="U1").update(coefficient=5)
    assert states(session)["SIO-SLAM"] == "different"
    factories.entry(session=session, speciality=speciality)
    warned = chosen(manager, session, "SIO-SLAM").context["in_use"]
    assert warned == ["SIO-SLAM a des inscriptions dans BTS-2027."]
    factories.entry(session=factories.session("BTS-2028", year=2028), speciality=speciality)
    page = text_of(chosen(manager, session, "SIO-SLAM", read=warned))
    assert "SIO-SLAM a des inscriptions dans BTS-2027, BTS-2028." in page  # not what was read
    assert Test.objects.get(speciality=speciality, code="U1").coefficient == 5
    warned = ["SIO-SLAM a des inscriptions dans BTS-2027, BTS-2028."]
    chosen(manager, session, "SIO-SLAM", read=warned)
    assert Test.objects.get(speciality=speciality, code="U1").coefficient == 2


def test_a_regulation_that_marks_contradict_is_refused_whole_with_a_sentence(manager):
    session = factories.session("BTS-2027", year=2027)
    chosen(manager, session, "SIO-SLAM")
    speciality = Speciality.objects.get(code="SIO-SLAM")
    extra = Test.objects.create(
        speciality=speciality, code="U9", label="x", coefficient=1, position=20
    )
    entry = factories.entry(session=session, speciality=speciality)
    Mark.objects.create(entry=entry, test=extra, value=1000)
    warned = ["SIO-SLAM a des inscriptions dans BTS-2027."]
    answer = chosen(manager, session, "SIO-SLAM", "MCO-2026", read=warned)
    assert messages_of(answer) == ["SIO-SLAM : une épreuve retirée du règlement a déjà des notes."]
    assert not Speciality.objects.filter(code="MCO-2026").exists()


# September


def test_whoever_is_deferred_in_july_leads_to_september_and_is_copied_by_the_worker(manager):
    factories.school()
    speciality = factories.regulation(exam="BAC")
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    july = factories.session("BAC-2026", exam="BAC")
    factories.entry("26D", session=july, marks={"U1": "15", "U2": "FM", "U3": "13"})
    deliberate(july)
    release.schedule(july)
    add = f"{reverse('admin:candidates_session_add')}?replaces={july.pk}"
    assert f'href="{add}">Créer la session de remplacement' in page_of(manager, july)["top"]
    proposed = manager.get(add).context["adminform"].form.initial
    assert (proposed["code"], proposed["replaces"]) == ("BAC-2026-S", july.pk)
    manager.post(add, proposed)
    september = Session.objects.get(replaces=july)

    top = page_of(manager, september)["top"]
    assert "Reprendre les candidats reportés" in top
    asked = manager.post(address("replace", september))
    work()
    job = Job.objects.get(kind="open_replacement")
    assert asked.url == reverse("admin:candidates_job_change", args=[job.pk])
    assert said(job) == ["Inscriptions reprises : 1 ; notes reprises : 2 ; déjà là : 0."]
    assert Entry.objects.get(session=september).number == "26D"
    assert "Importer les notes" in page_of(manager, september)["top"]
    assert "fait" in page_of(manager, july)["september"]


def test_a_session_that_replaces_none_is_not_opened_for_september(session, manager):
    manager.post(address("replace", session))
    work()
    assert "ne remplace aucune session" in said(Job.objects.get())[0]
