"""Printed documents of a batch: the list to sign, the letters, the index of the print room."""

import csv
import io
from html import unescape

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from diplomas.dispatch import dispatch, printing
from diplomas.models import DispatchBatch, Route
from tests import factories
from tests.diplomas import dispatched
from tests.diplomas.dispatched import diploma_of
from tests.results.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SCHOOL = {"address": "1 rue d’Ulm", "postcode": "75005"}


def index(batch):
    content = b"".join(printing.index_csv(batch)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_a_school_gets_one_line_for_each_diploma_in_the_order_of_names():
    school = factories.school(**SCHOOL)
    entries = [dispatched.at_school(name, school=school) for name in ("ZOLA", "ABEL", "MARTIN")]
    dispatched.at_home("BRUN")
    dispatched.released()
    (page,) = texts(printing.slip_pdf(dispatched.batch()))
    assert "3 diplômes." in page
    for line in ("Lycée des Exemples", "1 rue d’Ulm", "75005 PARIS"):
        assert line in page
    places = [page.index(name) for name in ("ABEL Léa", "MARTIN Léa", "ZOLA Léa")]
    assert places == sorted(places)
    assert all(entry.number in page for entry in entries)
    assert "BRUN" not in page


def test_a_list_carries_no_mark_no_birth_date_and_no_address():
    dispatched.at_school()
    dispatched.released()
    (page,) = texts(printing.slip_pdf(dispatched.batch()))
    for secret in ("13,00", "2004", "LILAS"):
        assert secret not in page


def test_a_list_of_hundreds_takes_pages_that_name_it():
    for rank in range(40):
        dispatched.at_school(f"NOM{rank:02d}")
    dispatched.released()
    batch = dispatched.batch()
    pages = texts(printing.slip_pdf(batch))
    assert len(pages) > 1
    assert all(batch.reference in page for page in pages)
    assert sum(page.count("NOM") for page in pages) == 40


def test_a_held_diploma_is_on_no_list():
    entry = dispatched.at_school()
    dispatched.at_school("BENOIT")
    dispatched.released()
    batch = dispatched.batch()
    dispatch.hold(batch, [diploma_of(entry)], reason="Doute.")
    (page,) = texts(printing.slip_pdf(batch))
    assert "1 diplôme." in page
    assert "ALBERT" not in page
    assert [row["nom"] for row in index(batch)] == ["BENOIT"]


def test_each_home_gets_a_letter_of_one_page_with_the_sealed_address(tmp_path):
    first = dispatched.at_home(postcode="69003", city="LYON")
    dispatched.at_home("CARON", usage_name="D’ARTAGNAN-MONTESQUIOU-FEZENSAC")
    dispatched.released()
    batch = dispatched.batch(Route.HOME)
    dispatched.move(first, city="LILLE")
    pages = texts(dispatched.letters_of(batch, tmp_path))
    assert len(pages) == 2
    assert "69003 LYON" in pages[0]
    assert diploma_of(first).number in pages[0]
    assert "D’ARTAGNAN" in pages[1]


def test_what_a_name_holds_stays_text(tmp_path):
    dispatched.at_home("<b>AMP&</b>", given_names="Léa <script>")
    dispatched.released()
    batch = dispatched.batch(Route.HOME)
    assert "<script>" not in printing.letter_html(batch, batch.diplomas.get())
    (page,) = texts(dispatched.letters_of(batch, tmp_path))
    assert "<B>AMP&</B>" in unescape(page)


def test_the_index_says_what_each_diploma_carries():
    entry = dispatched.at_home(usage_name="MARTIN", birth_place="Saint-Denis (Réunion)")
    dispatched.released()
    batch = dispatched.batch(Route.HOME)
    (row,) = index(batch)
    assert row == {
        "lot": batch.reference,
        "rang": "1",
        "numero_diplome": diploma_of(entry).number,
        "a_imprimer": "O",
        "numero_candidat": entry.number,
        "nom": "BRUN",
        "nom_usage": "MARTIN",
        "prenoms": "Léa",
        "date_naissance": "2004-12-31",
        "lieu_naissance": "Saint-Denis (Réunion)",
        "diplome": "Brevet de technicien supérieur",
        "specialite": "Spécialité MINI",
        "mention": "",
        "session": "BTS, session 2026",
    }


def test_the_index_asks_for_no_diploma_twice():
    entry = dispatched.at_school()
    dispatched.released()
    first = dispatched.batch(stage="PRINTED")
    assert [row["a_imprimer"] for row in index(first)] == ["O"]
    dispatch.hold(first, [diploma_of(entry)], reason="Doute levé depuis.")
    second = dispatch.seal(dispatch.take_back(diploma_of(entry)))
    assert [row["a_imprimer"] for row in index(second)] == ["N"]


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)"])
def test_no_cell_of_the_index_is_computed_by_a_spreadsheet(name):
    dispatched.at_home(name)
    dispatched.released()
    (row,) = index(dispatched.batch(Route.HOME))
    assert row["nom"] == f"'{name}"


def test_the_commands_prepare_seal_and_print_a_whole_session(tmp_path, capsys):
    dispatched.at_school()
    dispatched.at_home()
    dispatched.released()
    call_command("dispatch", "BTS-2026", seal=True)
    assert capsys.readouterr().out.startswith("2 diplômes préparés")
    batches = list(DispatchBatch.objects.order_by("pk"))
    assert {batch.stage for batch in batches} == {"SEALED"}
    call_command("print_dispatch", "BTS-2026", to=str(tmp_path), processes=1)
    printed = {path.name for path in tmp_path.rglob("*.pdf")}
    school = next(batch for batch in batches if batch.route == Route.SCHOOL)
    assert printed == {f"bordereaux-{school.reference}.pdf", "lettres-0001.pdf"}
    assert {path.name for path in tmp_path.glob("*.csv")} == {
        f"index-{batch.reference}.csv" for batch in batches
    }
    call_command("print_dispatch", "BTS-2026", to=str(tmp_path), processes=1)
    assert "0 fichiers écrits, 1 inchangés" in capsys.readouterr().out


def test_the_commands_say_what_stands_in_the_way(tmp_path):
    dispatched.at_home(city="", postcode="", address1="")
    dispatched.released()
    with pytest.raises(CommandError, match="liste d’arrêt"):
        call_command("dispatch", "BTS-2026", seal=True, verbosity=0)
    with pytest.raises(CommandError, match="aucun lot"):
        call_command("print_dispatch", "BTS-2026", to=str(tmp_path))


def test_a_list_is_accessible_as_every_other_document_of_the_site():
    dispatched.at_school()
    dispatched.released()
    with pikepdf.open(io.BytesIO(printing.slip_pdf(dispatched.batch()))) as document:
        assert b"pdfuaid" in document.Root.Metadata.read_bytes()
        assert document.Root.MarkInfo.Marked
        assert document.Root.Lang == "fr"


def test_the_same_batch_gives_the_same_file():
    dispatched.at_school()
    dispatched.released()
    batch = dispatched.batch()
    assert printing.slip_pdf(batch) == printing.slip_pdf(batch)
