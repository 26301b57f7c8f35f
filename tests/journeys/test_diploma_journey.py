"""A diploma from the office's hands to the candidate's, in a real browser."""

import pytest
from django.urls import reverse

from diplomas.dispatch import custody
from diplomas.models import Diploma, DispatchBatch, EventKind, Route
from tests.diplomas import dispatched, published
from tests.journeys.validator import html_errors
from tests.journeys.visit import PHONE

pytestmark = pytest.mark.browser


def fits(visit):
    assert not visit.too_wide, visit.path


@pytest.mark.slow
def test_the_office_leads_a_batch_to_the_school_and_the_pupil_follows_it(open_people, arrive):
    office = arrive(scripts=True, size=PHONE)
    office.sign_in("manager")
    office.go(reverse("admin:diplomas_dispatchbatch_preparer"))
    office.page.get_by_label("Session").select_option(label="BTS, session 2026")
    for button in ("Voir ce qui sera préparé", "Préparer"):
        office.press(button)
        fits(office)
    batch = DispatchBatch.objects.get(route=Route.SCHOOL)
    published.withhold(open_people["discreet"])
    office.go(reverse("admin:diplomas_dispatchbatch_change", args=[batch.pk]))
    fits(office)
    office.page.get_by_label("Motif").fill("Résultat suspendu.")
    office.press("Retenir ces diplômes")
    for step in (
        "Sceller",
        "Marquer comme imprimé",
        "Marquer comme envoyé",
        "Marquer comme arrivé à l’établissement",
    ):
        office.follow(f"{step}…")
        fits(office)
        office.press(step)
        fits(office)
    diploma = Diploma.objects.get(entry=open_people["school"])
    office.go(reverse("admin:diplomas_diploma_change", args=[diploma.pk]))
    fits(office)
    assert office.faults == []

    pupil = arrive()
    pupil.identify(open_people["school"])
    pupil.follow("Suivre mon diplôme")
    assert "Votre diplôme vous attend dans votre établissement." in pupil.words
    assert pupil.faults == []


@pytest.mark.slow
def test_every_state_of_the_page_is_accessible_and_valid(open_people, arrive, tmp_path):
    homes, school = dispatched.batches()
    for step in ("SEALED", "PRINTED", "SENT"):
        homes, school = dispatched.advance(homes, step), dispatched.advance(school, step)
    dispatched.advance(school, "ARRIVED")
    custody.record(open_people["home"].diploma, EventKind.RETURNED, by=None, cause="NPAI")
    visit, pages = arrive(scripts=True), {}
    for name in ("school", "home", "other academy", "refused", "withheld"):
        visit.identify(open_people[name])
        pages[name] = visit.go("/diplome/").text()
        visit.examine(f"diploma {name}")
    assert visit.faults == []
    assert html_errors(pages, tmp_path) == []
