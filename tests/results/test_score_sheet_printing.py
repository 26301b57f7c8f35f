import csv

from results.score_sheet_printing import print_score_sheets
from tests.results import documents
from tests.results.pages import texts


def person(number, *, address=None, **candidate):
    document = documents.document(candidate={"number": number, **candidate})
    return number, document, address


def index(directory):
    with (directory / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_sheets_are_joined_in_order_with_an_index_of_who_is_where(tmp_path):
    abroad = ["3 RUE NEUVE", "1000 BRUXELLES", "BELGIQUE"]
    given = [person("2600000001"), person("2600000002", usage_name="Noé", address=abroad)]
    report = print_score_sheets(given, tmp_path, processes=1)
    pages = texts((tmp_path / "releves-0001.pdf").read_bytes())
    assert report.sheets == 2
    assert [number in page for page in pages for number in ("2600000001", "2600000002")] == [
        *(True, False) * 2,
        *(False, True) * 2,
    ]
    assert "3 RUE NEUVE 1000 BRUXELLES BELGIQUE" in pages[2]
    assert [
        (row["page"], row["numero"], row["nom"], row["code_postal"]) for row in index(tmp_path)
    ] == [
        ("1", "2600000001", "DUPONT Léa Marie", "75011"),
        ("3", "2600000002", "NOÉ Léa Marie", ""),
    ]


def test_a_withheld_result_is_in_no_file_and_not_in_the_index(tmp_path):
    withheld = ("2699999999", documents.withheld(), None)
    report = print_score_sheets([withheld, person("2600000001")], tmp_path, processes=1)
    assert report.sheets == 1
    assert [row["numero"] for row in index(tmp_path)] == ["2600000001"]
