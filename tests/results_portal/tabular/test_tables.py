"""Tables that the office opens elsewhere: whole, for its eyes alone, and without a formula."""

import csv

import pytest
from openpyxl import load_workbook

from results_portal.tabular.tables import write_table

HEADER = ("numero", "nom", "moyenne")
ROWS = [("26A", "=2+3", "12,5"), ("26B", "@SOMME(A1)", "")]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_table_is_for_its_owner_alone_and_says_how_far_it_is(suffix, tmp_path):
    said = []
    path = tmp_path / f"table{suffix}"
    assert write_table(path, HEADER, ROWS, numbers=["moyenne"], progress=said.append) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert said == [0]


def test_no_cell_of_a_csv_is_taken_for_a_formula(tmp_path):
    write_table(tmp_path / "table.csv", HEADER, ROWS)
    text = (tmp_path / "table.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(text.splitlines(), delimiter=";")) == [
        list(HEADER),
        ["26A", "'=2+3", "12,5"],
        ["26B", "'@SOMME(A1)", ""],
    ]


def test_a_spreadsheet_holds_text_as_text_and_numbers_as_numbers(tmp_path):
    write_table(tmp_path / "table.xlsx", HEADER, ROWS, numbers=["moyenne"])
    sheet = load_workbook(tmp_path / "table.xlsx").active
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.rows]
    assert cells[1] == [("26A", "s"), ("=2+3", "s"), (12.5, "n")]
    assert cells[2][1:] == [("@SOMME(A1)", "s"), (None, "n")]
