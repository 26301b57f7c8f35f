"""The staff's pages in a real browser, under the security policy of the site."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from candidates.jobs import queue
from candidates.models import Job, Reading
from results.jury.deliberation import deliberate
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.jobs import work
from tests.journeys.visit import PHONE
from tests.staff import member

pytestmark = pytest.mark.browser


@pytest.fixture
def corrected_people(transactional_db):
    """One entry in each situation; the results open tomorrow, and one was corrected."""
    people = factories.cast()
    deliberate(people["admitted"].session)
    release.schedule(people["admitted"].session, at=timezone.now() + timedelta(days=1))
    with correction(people["refused"], by=member("superuser"), reason="Essai."):
        people["refused"].marks.filter(test__code="U1").update(value=900)
    return people


@pytest.fixture
def sign_in(arrive):
    """A member of the staff arrives, already signed in."""

    def sign_in(role, **options):
        visit = arrive(scripts=True, **options)
        visit.sign_in(role)
        return visit

    return sign_in


def every_page(people):
    """Every list, a row of each, the forms that add, and the pages that are not Django's own."""
    for model in admin.site._registry:
        names = model._meta.app_label, model._meta.model_name
        yield reverse("admin:{}_{}_changelist".format(*names))
        if model is not Reading and (row := model.objects.order_by("pk").first()):
            yield reverse("admin:{}_{}_change".format(*names), args=[row.pk])
    for name in ("candidates_session", "candidates_school", "candidates_academy", "auth_user"):
        yield reverse(f"admin:{name}_add")
    session = people["admitted"].session_id
    yield reverse("admin:candidates_session_lifecycle", args=[session])
    yield reverse("admin:candidates_session_regulations", args=[session])
    yield reverse("admin:candidates_session_editions", args=[session])
    yield reverse("admin:candidates_entry_correct", args=[people["control"].pk])
    yield reverse("admin:candidates_entry_jury", args=[people["control"].pk])
    yield reverse("admin:index")


@pytest.mark.slow
@pytest.mark.parametrize("size", [{}, {"size": PHONE}], ids=["desk", "phone"])
def test_every_page_keeps_to_the_security_policy_and_fits_the_screen(
    size, corrected_people, sign_in
):
    visit = sign_in("superuser", **size)
    for address in every_page(corrected_people):
        answer = visit.go(address)
        assert answer.status == 200, address
        assert not visit.too_wide, address


def test_a_mark_is_corrected_from_the_search_to_the_confirmation(
    corrected_people, sign_in, one_person
):
    page = sign_in("operator").page
    page.goto(reverse("admin:candidates_entry_changelist"))
    page.get_by_role("textbox", name="Chercher").fill("caron")
    page.get_by_role("button", name="Chercher", exact=True).click()
    page.get_by_role("link", name=corrected_people["refused"].number).click()
    page.get_by_role("link", name="Corriger").click()
    page.get_by_label("Note, U3, premier tour").fill("16,5")
    page.get_by_label("Motif").fill("Erreur de report.")
    page.get_by_role("button", name="Voir ce que cela change").click()
    page.get_by_role("row", name="U3, premier tour 6,00 16,50").wait_for()
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_text("La correction est enregistrée.").wait_for()
    page.get_by_role("row", name="Note U3, premier tour 6,00 16,50 Erreur de report.").wait_for()


def test_a_release_is_given_another_hour_and_withdrawn(corrected_people, sign_in, one_person):
    page = sign_in("manager").page
    page.goto(
        reverse(
            "admin:candidates_session_lifecycle", args=[corrected_people["admitted"].session_id]
        )
    )
    day = timezone.localdate() + timedelta(days=20)
    page.get_by_label("Jour").fill(day.isoformat())
    page.get_by_label("Heure (de Paris)").fill("10:00")
    page.get_by_role("button", name="Voir ce qui sera publié").click()
    page.get_by_text(f"publics le {date_format(day, 'l j F Y')} à 10:00").wait_for()
    page.get_by_role("button", name="Programmer").click()
    page.get_by_text("Cette tâche attend son tour.").wait_for()
    work()
    scheduled = f"publication programmée, {date_format(day, 'j F Y')}, 10:00"
    page.locator("#content-main").get_by_text(scheduled).wait_for()
    page.get_by_role("link", name="Déroulement de la session").click()
    page.get_by_role("button", name="Retirer…").click()
    page.get_by_label("Message affiché").fill("Vérification en cours.")
    page.get_by_role("button", name="Retirer").click()
    page.get_by_text("1 publication retirée.").wait_for()


def test_a_job_is_followed_to_its_end_without_loading_its_page_again(corrected_people, sign_in):
    page = sign_in("manager").page
    session = corrected_people["admitted"].session
    job = queue.ask("deliberate", session=session, round=1, by=member("manager"))
    page.clock.install()
    page.goto(reverse("admin:candidates_job_change", args=[job.pk]))
    page.evaluate("window.stayed = true")
    at_work = Job.objects.filter(pk=job.pk)
    at_work.update(state=Job.State.RUNNING, step="décisions", done=3, total=8)
    page.clock.run_for(2100)
    page.get_by_text("Décisions : 3 sur 8").wait_for()
    said = page.locator("p[aria-live=polite]")
    assert said.inner_text() == "En cours, décisions"
    at_work.update(state=Job.State.WAITING)
    work()
    page.clock.run_for(2100)
    page.get_by_text("Rien n’a changé depuis la dernière délibération.").first.wait_for()
    assert "Rien n’a changé depuis la dernière délibération." in said.inner_text()
    assert page.get_by_role("button", name="Annuler la tâche").count() == 0
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(10_000)
    assert not asked
    assert page.evaluate("window.stayed")


def test_an_address_is_changed(corrected_people, sign_in):
    page = sign_in("operator").page
    candidate = corrected_people["admitted"].candidate_id
    page.goto(reverse("admin:candidates_candidate_change", args=[candidate]))
    page.get_by_label("Adresse, ligne 1").fill("3 RUE DES ACACIAS")
    save = page.get_by_role("button", name="Enregistrer", exact=True)
    save.click()
    page.get_by_text("Indiquez le motif du changement.").wait_for()
    page.get_by_label("Motif du changement").fill("Courrier du candidat.")
    page.get_by_label("J’ai relu ce changement").check()
    save.click()
    page.get_by_text("a été modifié").wait_for()
