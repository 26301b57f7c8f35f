import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from results_portal.tabular import Column, ErrorLog, read_rows
from results_portal.tabular.values import boolean, day, optional_text, required_text

COLUMNS = [
    Column("numero", required_text()),
    Column("nom", required_text()),
    Column("date_naissance", day),
    Column("note", optional_text(), required=False),
    Column("code_postal", optional_text(), required=False),
    Column("suspendu", boolean, required=False),
]
HEADER = ["Numéro", "Nom", "Date naissance", "Note", "Code postal", "Suspendu"]


def workbook_of(*rows, header=HEADER):
    workbook = openpyxl.Workbook()
    for row in (header, *rows):
        workbook.active.append(row)
    return workbook


def saved(workbook, path):
    workbook.save(path)
    return read(path)


def read(path):
    log = ErrorLog(path)
    rows = list(read_rows(path, COLUMNS, log=log))
    log.close()
    return rows, [plain(f"{e.line}: {e}") for e in log.first()], log


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_numbers_stay_numbers_and_dates_stay_dates(tmp_path):
    workbook = workbook_of(
        [2612345678, "Léa", datetime(2004, 12, 31), 12.5, "01000", True],
        [2612345679.0, "Zoé", date(2005, 1, 2), 15, None, False],
        ["26A", "Anne", "31/12/2004", 15.600000000000001, 75011, None],
    )
    rows, errors, _log = saved(workbook, tmp_path / "a.xlsx")
    assert errors == []
    assert rows == [
        (2, "2612345678", "Léa", date(2004, 12, 31), "12.5", "01000", True),
        (3, "2612345679", "Zoé", date(2005, 1, 2), "15", "", False),
        (4, "26A", "Anne", date(2004, 12, 31), "15.6", "75011", False),
    ]


def test_zeros_that_a_format_shows_are_kept(tmp_path):
    workbook = workbook_of([212345678, "Léa", None, None, 1000, None])
    workbook.active["A2"].number_format = "0000000000"
    workbook.active["E2"].number_format = "00000"
    rows, _errors, _log = saved(workbook, tmp_path / "a.xlsx")
    assert rows == [(2, "0212345678", "Léa", None, "", "01000", False)]


def test_a_workbook_is_known_by_its_content_not_by_its_name(tmp_path):
    rows, errors, _log = saved(workbook_of(["26A", "Léa"]), tmp_path / "fichier.csv")
    assert errors == []
    assert [row[:3] for row in rows] == [(2, "26A", "Léa")]


def test_a_title_above_the_header_is_left_out(tmp_path):
    workbook = openpyxl.Workbook()
    for row in (["Inscriptions BTS 2026"], [], ["Numéro", "Nom", "Date naissance"], ["26A", "Léa"]):
        workbook.active.append(row)
    rows, errors, log = saved(workbook, tmp_path / "a.xlsx")
    assert (errors, [row[:3] for row in rows]) == ([], [(4, "26A", "Léa")])
    assert [plain(str(warning)) for warning in log.warnings] == [
        "ligne: au-dessus de l’en-tête (ligne 3), laissée de côté"
    ]


def test_formulas_are_refused_cell_by_cell(tmp_path):
    workbook = workbook_of(["26A", "=cmd()", "=TODAY()"])
    _rows, errors, _log = saved(workbook, tmp_path / "a.xlsx")
    refusal = "une formule n’est pas acceptée : collez sa valeur à la place"
    assert errors == [
        f"2: nom: « =cmd() » : {refusal}",
        f"2: date_naissance: « =TODAY() » : {refusal}",
    ]


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path):
    workbook = workbook_of(["26A", "Léa"], [], ["26B", None])
    _rows, errors, _log = saved(workbook, tmp_path / "a.xlsx")
    assert errors == ["4: nom: cette valeur est obligatoire"]


def test_the_first_visible_sheet_is_read_and_the_others_are_mentioned(tmp_path):
    workbook = workbook_of(["26A", "Léa"])
    workbook.active.title = "Candidats"
    workbook.create_sheet("Notes")
    workbook.create_sheet("Listes", 0).sheet_state = "hidden"
    rows, _errors, log = saved(workbook, tmp_path / "a.xlsx")
    assert len(rows) == 1
    assert plain(log.warnings[0].message) == "seule la première feuille est lue : « Candidats »"


def test_a_date_left_as_a_serial_number_is_refused(tmp_path):
    _rows, errors, _log = saved(workbook_of(["26A", "Léa", 38352]), tmp_path / "a.xlsx")
    assert errors == ["2: date_naissance: « 38352 » : date attendue : JJ/MM/AAAA ou AAAA-MM-JJ"]


def test_an_empty_workbook_is_an_empty_file(tmp_path):
    _rows, errors, _log = saved(openpyxl.Workbook(), tmp_path / "a.xlsx")
    assert errors == ["1: fichier: fichier vide"]


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    _rows, errors, _log = read(tmp_path / "a.xlsx")
    assert errors == ["1: fichier: c’est une archive ou un autre document : CSV ou .xlsx attendu"]


@pytest.mark.parametrize("kept", [100, 2000, -30])
def test_half_a_workbook_is_refused(tmp_path, kept):
    content = io.BytesIO()
    workbook_of(["26A", "Léa"]).save(content)
    (tmp_path / "a.xlsx").write_bytes(content.getvalue()[:kept])
    _rows, errors, _log = read(tmp_path / "a.xlsx")
    assert errors == ["1: fichier: classeur abîmé ou protégé : impossible de l’ouvrir"]


def rewritten(path, name, content):
    """Save a workbook with one part replaced by `content`."""
    original = io.BytesIO()
    workbook_of(["26A", "Léa"]).save(original)
    with (
        zipfile.ZipFile(original) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in {*source.namelist()} - {name}:
            target.writestr(part, source.read(part))
        target.writestr(name, content)


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    rewritten(tmp_path / "a.xlsx", "xl/sharedStrings.xml", b" " * 320_000_000)
    _rows, errors, _log = read(tmp_path / "a.xlsx")
    assert errors == ["1: fichier: classeur démesuré une fois décompressé : enregistrez-le en CSV"]


def test_a_workbook_that_declares_entities_is_refused(tmp_path):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    rewritten(tmp_path / "a.xlsx", "xl/sharedStrings.xml", bomb)
    _rows, errors, _log = read(tmp_path / "a.xlsx")
    assert errors == ["1: fichier: classeur démesuré une fois décompressé : enregistrez-le en CSV"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_damaged_parts_is_refused(tmp_path, part):
    rewritten(tmp_path / "a.xlsx", part, b"<worksheet><row>")
    _rows, errors, _log = read(tmp_path / "a.xlsx")
    assert len(errors) == 1
    assert "classeur abîmé" in errors[0]


def test_hidden_rows_are_named_and_read(tmp_path):
    path, book = tmp_path / "classeur.xlsx", openpyxl.Workbook()
    rows = [("numero", "nom")] + [(f"26{n:03}", "DUPONT") for n in range(2, 21)]
    for row in rows:
        book.active.append(row)
    for line in (3, 4, 5, 9, 30):  # the last is blank
        book.active.row_dimensions[line].hidden = True
    book.save(path)
    columns, log = [Column("numero", str), Column("nom", str)], ErrorLog(path)
    assert len(list(read_rows(path, columns, log=log))) == 19
    assert [(warning.line, warning.message) for warning in log.warnings] == [
        (3, "4 lignes masquées ou filtrées dans le classeur, lues comme les autres\u00a0: 3 à 5, 9")
    ]


def test_a_workbook_without_a_sheet_of_cells_is_refused(tmp_path):
    saved(workbook_of(), tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bare,
    ):
        for name in whole.namelist():
            bare.writestr(name, re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", whole.read(name)))
    rows, errors, _log = read(tmp_path / "b.xlsx")
    assert (rows, errors) == ([], ["1: fichier: aucune feuille de calcul dans ce classeur"])
