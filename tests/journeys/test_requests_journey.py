"""Somebody moves, has a name corrected, and decides whether it is published."""

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.models import AddressChange, IdentityRequest
from tests import factories
from tests.candidates import papers
from tests.journeys.people import released, town

pytestmark = pytest.mark.browser


@pytest.fixture
def mailed_people(transactional_db):
    """The `town`, whose results are open and whose score sheets were posted yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    factories.session(score_sheets_mailed_on=yesterday)
    people = town()
    released(people)
    return people


def fill(visit, **typed):
    for label, text in typed.items():
        visit.page.get_by_label(label.replace("_", " "), exact=False).first.fill(text)


@pytest.mark.slow
def test_a_candidate_who_moves_reads_again_what_they_typed_and_leaves_with_a_receipt(
    arrive, mailed_people
):
    visit, entry = arrive(scripts=True), mailed_people["home"]
    visit.go("/")
    visit.follow("Changer d’adresse")
    visit.examine("address identification")
    visit.identify_here(entry)
    assert visit.path == "/adresse/"
    visit.examine("address")
    fill(visit, Ligne_3="3 rue des Acacias 🏠", Code_postal="69003", Ville="Marseille")
    visit.page.get_by_label("Ligne 1").fill("")
    visit.press("Continuer")
    visit.examine("address with an error")
    assert "ne s’impriment pas" in visit.words
    visit.page.get_by_label("Ligne 3").fill("3 rue des Acacias")
    visit.press("Continuer")
    visit.examine("address review")
    assert "Code postal et ville vont-ils ensemble ?" in visit.words
    visit.page.go_back()
    assert visit.page.get_by_label("Ligne 3").input_value() == "3 rue des Acacias"
    visit.page.get_by_label("Ville").fill("Lyon")
    visit.press("Continuer")
    visit.press("Confirmer le changement")
    visit.examine("address receipt")
    assert AddressChange.objects.get().reference in visit.words
    visit.page.go_back()
    assert "Vos changements" in visit.words
    visit.examine("address afterwards")
    assert AddressChange.objects.count() == 1


@pytest.mark.slow
def test_a_name_is_corrected_by_a_request_with_its_proof(arrive, mailed_people, tmp_path):
    visit = arrive(scripts=True)
    visit.go("/adresse/etat-civil/")
    visit.identify_here(mailed_people["school"])
    visit.examine("identity")
    fill(visit, Nom_de_naissance="ALBERD", Explication="Il finit par un D.")
    bad, good = tmp_path / "acte.pdf", tmp_path / "acte2.pdf"
    bad.write_bytes(papers.SVG)
    good.write_bytes(papers.pdf())
    visit.page.get_by_label("Pièce justificative").set_input_files(bad)
    visit.press("Envoyer la demande")
    assert "ni un PDF" in visit.words
    visit.examine("identity with an error")
    visit.page.get_by_label("Pièce justificative").set_input_files(good)
    visit.press("Envoyer la demande")
    assert IdentityRequest.objects.get().asked["birth_name"] == "ALBERD"
    visit.examine("identity request sent")


@pytest.mark.slow
def test_a_name_leaves_the_list_the_moment_its_owner_says_so(arrive, mailed_people):
    visit, entry = arrive(scripts=True), mailed_people["school"]
    visit.identify(entry)
    visit.follow("Publication de mon nom")
    assert "ALBERT Léa" in visit.words
    visit.examine("consent given")
    visit.press("Retirer mon accord")
    visit.examine("consent withdrawn")
    visit.go(f"/listes/{entry.session.code}/{entry.speciality.code}/")
    assert "ALBERT Léa" not in visit.names
    assert visit.names
