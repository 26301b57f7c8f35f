"""A manager leads a session through the admin alone, from "new session" to its withdrawal."""

import pytest

from candidates.models import Entry, Session
from results.models import Regulation, Release
from tests import factories
from tests.jobs import work
from tests.office_files import ENTRY, MARK, write_csv
from tests.staff import second_manager

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCHOOL = {
    "uai": "0750655E",
    "nom": "Lycée des Exemples",
    "secteur": "PUBLIC",
    "adresse": "1 RUE DES ÉCOLES",
    "code_postal": "75005",
    "ville": "PARIS",
    "academie": "01",
}
TESTS = ("U1", "U2", "U3", "U4", "U5", "U6", "U7")
NUMBER = "2712345678"


@pytest.fixture
def office(transactional_db, arrive):
    """A manager, in an office that had a session of BTS in 2026."""
    factories.academy()
    factories.session("BTS-2026", register_again_from="2026-10-12")
    visit = arrive(scripts=True)
    visit.sign_in("manager")
    return visit


def test_a_session_is_led_from_its_making_to_its_withdrawal(office, arrive, tmp_path):
    make(office)
    choose_regulation(office)
    load(office, "Importer les établissements", "Établissements", SCHOOL, tmp_path)
    entered = {"numero": NUMBER, "specialite": "SIO-SLAM", "code_acces": factories.CODE}
    load(office, "Importer les inscriptions", "Inscriptions", ENTRY | entered, tmp_path)
    entry = Entry.objects.get(number=NUMBER)

    some = [{"numero": NUMBER, "epreuve": code, "note": "14"} for code in TESTS[:-1]]
    load(office, "Importer les notes", "Notes", MARK, tmp_path, *some)
    assert "SIO-SLAM : il manque des notes à 1 candidat." in office.words
    office.follow("il manque des notes à 1 candidat")
    assert NUMBER in office.words
    office.page.go_back()
    done(office, "Délibérer le premier tour")
    assert "1 décision est incomplète, faute d’une note." in office.words
    office.examine("staff, session, incomplete")
    last = {"numero": NUMBER, "epreuve": TESTS[-1], "note": "12"}
    load(office, "Importer les notes", "Notes", MARK, tmp_path, last)
    done(office, "Délibérer de nouveau le premier tour")

    office.examine("staff, session, to release")
    office.page.get_by_role("link", name="Programmer ou ouvrir la publication").click()
    office.page.get_by_label("maintenant").check()
    office.press("Voir ce qui sera publié")
    office.press("Proposer")
    office.examine("staff, proposal, own")
    second = arrive(scripts=True)
    second_manager()
    second.sign_in("manager2")
    proposal = office.path
    second.go(proposal)
    second.examine("staff, proposal, to approve")
    second.page.get_by_label("Motif du refus").fill("À relire.")
    second.press("Refuser")
    office.page.reload()
    assert "À relire." in office.words
    office.follow("Voir ce que cela concerne")
    office.page.get_by_label("maintenant").check()
    office.press("Voir ce qui sera publié")
    office.press("Proposer")
    second.go(office.path)
    second.press("Approuver")
    work()
    office.follow("Voir ce que cela concerne")
    assert Release.objects.open().exists()
    assert "Rien n’est à faire maintenant." in office.words
    assert "Délibérer" not in office.page.locator("#deliberation").inner_text()
    office.examine("staff, session, released")

    candidate = arrive()
    candidate.identify(entry)
    assert "vous avez réussi" in candidate.words
    office.press("Tout retirer, tout de suite")
    candidate.page.reload()
    assert "vous avez réussi" not in candidate.words
    assert "publication retirée" in office.words


def make(office):
    office.go("/gestion/")
    office.follow("Nouvelle session")
    office.follow("BTS")
    office.examine("staff, session, new")
    office.press("Enregistrer")
    session = Session.objects.get(code="BTS-2027")
    assert (session.label, str(session.register_again_from)) == ("BTS, session 2027", "2027-10-11")


def choose_regulation(office):
    assert "Aucun règlement de cet examen ne vaut pour cette année." in office.words
    office.examine("staff, session, empty")
    office.follow("Choisir les règlements")
    office.page.get_by_label("SIO-SLAM").check()
    office.examine("staff, session, regulations")
    office.press("Importer les règlements cochés")
    assert Regulation.objects.get().speciality.code == "SIO-SLAM"


def load(office, button, kind, row, directory, *rows):
    """Import a file from the page of the session, and come back to it."""
    office.follow(button)
    office.page.get_by_role("radio", name=kind, exact=True).check()
    path = write_csv(directory / "fichier.csv", row, *(rows or [{}]))
    office.page.get_by_label("Fichier").set_input_files(path)
    office.press("Contrôler")
    work()
    office.page.reload()
    office.press("Importer")
    work()
    office.page.reload()
    assert "Importé le" in office.words
    office.page.locator(".breadcrumbs a").nth(1).click()


def done(office, button):
    """Press a button that asks for a job, have it done, and come back to the session."""
    office.press(button)
    work()
    office.page.reload()
    office.follow("Déroulement de la session")
