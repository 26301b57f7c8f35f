"""An attestation at once, of success or of units, or asked for from an old session."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from diplomas.attestations.requests import accept
from diplomas.models import Attestation, AttestationRequest
from tests.candidates import papers
from tests.diplomas.old_sessions import READ, TYPED
from tests.diplomas.published import entered, opened
from tests.results.pages import texts
from tests.staff import member

pytestmark = pytest.mark.browser


def accepted(request):
    try:
        accept(request, read=READ, by=member("operator"))
    finally:
        connections.close_all()


def download(visit, press, path):
    with visit.page.expect_download() as downloading:
        press()
    downloading.value.save_as(path)
    return texts(path.read_bytes())


@pytest.mark.slow
def test_who_lost_a_diploma_has_an_attestation_in_one_press_and_an_employer_checks_it(
    arrive, open_people, tmp_path
):
    visit = arrive(scripts=True)
    visit.go("/")
    visit.follow("Demander une attestation")
    visit.examine("attestation ways")
    visit.follow("M’identifier")
    visit.identify_here(open_people["home"])
    visit.examine("attestation to issue")
    visit.press("Établir mon attestation")
    visit.examine("attestation issued")
    link = visit.page.get_by_role("link", name="Télécharger mon attestation")
    (paper,) = download(visit, link.click, tmp_path / "attestation.pdf")
    typed = paper.partition("avec ce code : ")[2].partition(" Visez")[0]
    employer = arrive(scripts=True)
    employer.go("/verifier/")
    employer.page.get_by_label("Code de vérification").fill(typed)
    employer.press("Vérifier")
    employer.examine("attestation verified")
    assert "Ce document est authentique" in employer.words
    assert Attestation.objects.get().reference in employer.words


@pytest.mark.slow
def test_who_is_refused_has_the_units_acquired_attested_and_an_employer_checks_them(
    arrive, transactional_db, tmp_path
):
    refused = opened(entered("SIO-SISR", "U1:12 U2:9.99 U3:BEN14/2024 U4:8 U5:10 U6:3 U7:3"))
    visit = arrive(scripts=True)
    visit.identify(refused)
    visit.examine("result that leads to blocks")
    visit.follow("Demander l’attestation de blocs de compétences")
    visit.examine("blocks to attest")
    visit.press("Établir mon attestation")
    visit.examine("blocks attested")
    link = visit.page.get_by_role("link", name="Télécharger mon attestation")
    (paper,) = download(visit, link.click, tmp_path / "attestation.pdf")
    typed = paper.partition("avec ce code : ")[2].partition(" Visez")[0]
    visit.press("EN")
    assert "Certificate of skills blocks" in visit.words
    visit.examine("blocks attested, in English")
    employer = arrive(scripts=True)
    employer.go("/verifier/")
    employer.page.get_by_label("Code de vérification").fill(typed)
    employer.press("Vérifier")
    employer.examine("blocks verified")
    assert "Ce n’est pas le diplôme." in employer.words
    employer.press("EN")
    employer.examine("blocks verified, in English")
    assert "This is not the diploma." in employer.words


@pytest.mark.slow
def test_an_old_session_is_asked_for_followed_and_downloaded(arrive, open_people, tmp_path):
    visit, proof = arrive(scripts=True), tmp_path / "identite.pdf"
    proof.write_bytes(papers.pdf())
    visit.go(reverse("diplomas:attestation"))
    visit.follow("Demander par formulaire")
    visit.press("Continuer")
    visit.examine("attestation academy with an error")
    visit.page.get_by_label("Académie où").select_option(label="Paris")
    visit.press("Continuer")
    for name, text in TYPED.items():
        field = visit.page.locator(f"[name={name}]")
        field.select_option(text) if name in {"exam", "country"} else field.fill(text)
    visit.press("Envoyer la demande")
    visit.examine("attestation request with an error")
    visit.page.get_by_label("Copie de votre pièce").set_input_files(proof)
    visit.press("Envoyer la demande")
    visit.examine("attestation request sent")
    request = AttestationRequest.objects.get()
    with ThreadPoolExecutor(1) as office:  # sealing wants a loop of its own
        office.submit(accepted, request).result()
    visit.follow("Suivre ma demande")
    visit.page.get_by_label("Référence").fill(request.reference)
    visit.page.get_by_label("Date de naissance").fill(TYPED["birth_date"])
    visit.press("Voir ma demande")
    visit.examine("attestation request accepted")
    button = visit.page.get_by_role("button", name="Télécharger mon attestation")
    (paper,) = download(visit, button.click, tmp_path / "attestation.pdf")
    assert "Comptabilité et gestion" in paper
