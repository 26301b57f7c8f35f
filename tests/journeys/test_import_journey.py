"""A manager imports marks in the browser: thirty errors, the corrected file, again, and back."""

import csv
import hashlib
import re

import pytest

from results.models import Mark
from tests import factories
from tests.jobs import work
from tests.office_files import MARK, write_csv

pytestmark = pytest.mark.browser

WRONG = 30


@pytest.mark.slow
def test_a_file_with_thirty_errors_is_corrected_imported_sent_again_and_taken_back(
    transactional_db, arrive, tmp_path
):
    people = factories.cast()
    number, session = people["admitted"].number, people["admitted"].session
    before = list(Mark.objects.order_by("pk").values())
    office = arrive(scripts=True)
    office.sign_in("manager")
    office.go(f"/gestion/candidates/session/{session.pk}/deroulement/")
    office.follow("Importer les notes")
    office.examine("staff, import, upload")

    rows = [{"numero": number, "note": f"{21 + row}"} for row in range(WRONG)]
    rows[0]["note"] = "quatorze_et_demi_sous_réserve_du_jury"
    _send(office, write_csv(tmp_path / "notes.csv", MARK, *rows))
    assert "Cette tâche attend son tour." in office.words
    _work(office)
    assert f"{WRONG} erreurs : rien n’est enregistré." in office.words
    assert office.page.get_by_role("row", name=re.compile("31 .*note .*« 50 »")).is_visible()
    office.examine("staff, import, errors")
    with office.page.expect_download() as downloading:
        office.page.get_by_role("link", name="Télécharger toutes les erreurs (CSV)").click()
    assert downloading.value.suggested_filename == "notes.csv.erreurs.csv"
    with downloading.value.path().open(encoding="utf-8-sig", newline="") as file:
        errors = list(csv.DictReader(file, delimiter=";"))
    assert [row["ligne"] for row in errors] == [str(line) for line in range(2, 2 + WRONG)]

    office.follow("Déposer un autre fichier")
    right = write_csv(tmp_path / "corrigees.csv", MARK, {"numero": number, "note": "19,5"})
    _send(office, right)
    _work(office)
    assert "→ 19,50" in office.words
    assert list(Mark.objects.order_by("pk").values()) == before
    office.examine("staff, import, preview")
    office.press("Importer")
    _work(office)
    assert "Importé le" in office.words
    assert Mark.objects.get(entry=people["admitted"], test__code="U1").value == 1950
    imported = office.page.url

    office.go("/gestion/candidates/fileimport/")
    history = office.page.get_by_role("row", name="corrigees.csv").inner_text()
    history = " ".join(history.split())
    for said in ("notes, BTS-2026", "importé", "manager", "modifications : 1", _digest(right)[:8]):
        assert said in history
    office.examine("staff, imports")

    office.go(f"/gestion/candidates/fileimport/deposer/{session.pk}/")
    _send(office, right)
    _work(office)
    assert "Tout ce que dit ce fichier est déjà enregistré : rien ne change." in office.words
    assert "Ce même fichier a déjà été importé le" in office.words

    office.page.goto(imported)
    assert _digest(right) in office.words
    office.follow("Annuler cet import…")
    office.examine("staff, import, taking back")
    office.press("Annuler cet import")
    _work(office)
    assert "par manager : tout est comme avant cet import." in office.words
    office.examine("staff, import, taken back")
    assert list(Mark.objects.order_by("pk").values()) == before


def _send(office, path):
    office.page.get_by_role("radio", name="Notes", exact=True).check()
    office.page.get_by_label("Fichier").set_input_files(path)
    office.press("Contrôler")


def _work(office):
    work()
    office.page.reload()


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
