"""An operator imports marks in the browser: thirty errors, then the corrected file."""

import pytest

from results.models import Mark
from tests import factories
from tests.jobs import work
from tests.office_files import MARK, write_csv

pytestmark = pytest.mark.browser

WRONG = 30


def test_a_file_with_thirty_errors_is_corrected_and_imported(transactional_db, arrive, tmp_path):
    people = factories.cast()
    number, session = people["admitted"].number, people["admitted"].session
    before = Mark.objects.get(entry=people["admitted"], test__code="U1").value
    office = arrive(scripts=True)
    office.sign_in("operator")
    office.go(f"/gestion/candidates/session/{session.pk}/deroulement/")
    office.follow("Importer les notes")
    office.examine("staff, import, upload")

    rows = [{"numero": number, "note": f"{21 + row}"} for row in range(WRONG)]
    _send(office, write_csv(tmp_path / "notes.csv", MARK, *rows))
    assert "Cette tâche attend son tour." in office.words
    work()
    office.page.reload()
    assert f"{WRONG} erreurs : rien n’est enregistré." in office.words
    office.examine("staff, import, errors")

    office.follow("Déposer un autre fichier")
    _send(office, write_csv(tmp_path / "corrigees.csv", MARK, {"numero": number, "note": "19,5"}))
    work()
    office.page.reload()
    assert "U1 : " in office.words
    assert "→ 19,50" in office.words
    assert Mark.objects.get(entry=people["admitted"], test__code="U1").value == before
    office.examine("staff, import, preview")
    office.press("Importer")
    work()
    office.page.reload()
    assert "Importé le" in office.words
    assert Mark.objects.get(entry=people["admitted"], test__code="U1").value == 1950


def _send(office, path):
    office.page.get_by_role("radio", name="Notes", exact=True).check()
    office.page.get_by_label("Fichier").set_input_files(path)
    office.press("Contrôler")
