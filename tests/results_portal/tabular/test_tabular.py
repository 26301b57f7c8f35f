import codecs
import csv
import os
import resource
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results_portal.tabular import Column, ErrorLog, read_rows
from results_portal.tabular.values import boolean, choice, day, optional_text, required_text

COLUMNS = [
    Column("numero", required_text(20)),
    Column("nom", required_text(10)),
    Column("date_naissance", day),
    Column("note", optional_text()),
    Column("lieu", optional_text(), required=False),
]
HEADER = "numero;nom;date_naissance;note"


def plain(text):
    """Text with ordinary spaces, which are easier to write in a test."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


class Reading:
    """Return the rows of a file, and its messages without the name of the file."""

    def __init__(self, path, **options):
        self.log = ErrorLog(path)
        self.rows = list(read_rows(path, COLUMNS, log=self.log, **options))
        self.log.close()
        self.errors = [plain(f"{e.line}: {e}") for e in self.log.first()]
        self.warnings = [plain(f"{w.line}: {w}") for w in self.log.warnings]


@pytest.fixture
def read(tmp_path):
    def read(content, name="fichier.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Reading(path, **options)

    return read


ROWS = [
    (2, "26A", "Édouard", date(2004, 12, 31), "12,5", None),
    (3, "26B", "Noël; fils", date(2005, 1, 2), "", None),
]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_dialect_that_offices_export_gives_the_same_rows(read, delimiter, encoding, newline):
    lines = [HEADER.split(";"), ["26A", "Édouard", "31/12/2004", "12,5"]]
    lines += [["26B", "Noël; fils", "2005-01-02", ""]]
    text = newline.join(delimiter.join(f'"{c}"' for c in cells) for cells in lines) + newline
    reading = read(text.encode(encoding))
    assert reading.rows == ROWS
    assert reading.errors == []


def test_the_header_is_matched_without_case_accents_or_spaces(read):
    reading = read("N° Numéro;NOM;Date naissance;Note\n".replace("N° ", "") + "26A;Léa;;\n")
    assert reading.rows == [(2, "26A", "Léa", None, "", None)]


def test_columns_may_come_in_any_order_and_an_absent_optional_one_gives_none(read):
    reading = read("note;lieu;date_naissance;nom;numero\n12;Paris;;Léa;26A\n")
    assert reading.rows == [(2, "26A", "Léa", None, "12", "Paris")]


def test_an_unknown_column_is_named_in_a_warning_with_the_likely_meaning(read):
    reading = read("numero;nom;date_naissance;note;lieux;telephone\n26A;Léa;;;Paris;06\n")
    assert reading.rows == [(2, "26A", "Léa", None, "", None)]
    assert reading.warnings == [
        "1: « lieux »: colonne inconnue, ignorée ; vouliez-vous dire « lieu » ?",
        "1: « telephone »: colonne inconnue, ignorée",
    ]


def test_every_missing_column_is_named(read):
    reading = read("numero;nomm;commentaire\n26A;Léa;x\n")
    assert reading.errors == [
        "1: nom: cette colonne manque dans l’en-tête (est-ce « nomm » ?)",
        "1: date_naissance: cette colonne manque dans l’en-tête",
        "1: note: cette colonne manque dans l’en-tête",
    ]


def test_a_column_twice_in_the_header_is_refused(read):
    assert read("numero;nom;date_naissance;note;Nom\n26A;a;;;b\n").errors == [
        "1: nom: « Nom » : cette colonne est en double dans l’en-tête"
    ]


def test_a_wrong_delimiter_is_said_to_be_one(read):
    assert read("numero|nom|date_naissance|note\n26A|Léa||\n").errors == [
        "1: en-tête: « numero|nom|date_naissance|note » : une seule colonne trouvée : "
        "séparateur attendu « ; », « , » ou tabulation"
    ]


def test_the_sep_line_of_excel_is_understood(read):
    reading = read(f"sep=;\n{HEADER}\n26A;Léa;;\n")
    assert reading.rows == [(3, "26A", "Léa", None, "", None)]


def test_the_sep_line_is_understood_in_quotes(read):
    reading = read(f'"sep=;"\r\n{HEADER}\r\n26A;Léa;;\r\n')
    assert (reading.errors, reading.rows) == ([], [(3, "26A", "Léa", None, "", None)])


@pytest.mark.parametrize(
    "title", ["Notes du BTS", "Session;2026;;", ";;Notes, session 2026;", "nom"]
)
def test_rows_above_the_header_are_left_out_with_a_warning(read, title):
    reading = read(f"{title}\n\n{HEADER}\n26A;Léa;;12\n")
    assert (reading.errors, reading.rows) == ([], [(4, "26A", "Léa", None, "12", None)])
    assert reading.warnings == ["1: ligne: au-dessus de l’en-tête (ligne 3), laissée de côté"]


def test_where_no_row_is_a_header_the_first_one_is_said_to_be_none(read):
    assert read("Notes du BTS\n26A;Léa;;12\n").errors == [
        "1: en-tête: « Notes du BTS » : une seule colonne trouvée : "
        "séparateur attendu « ; », « , » ou tabulation"
    ]


def test_a_quoted_field_may_hold_newlines_and_lines_are_still_counted_right(read):
    reading = read(f'{HEADER}\n26A;"Léa\nMarie";;\n26B;Zoé;;"a""b"\n\n26C;;;\n')
    assert reading.rows == [
        (2, "26A", "Léa Marie", None, "", None),
        (4, "26B", "Zoé", None, 'a"b', None),
    ]
    assert reading.errors == ["6: nom: cette valeur est obligatoire"]


def test_a_file_without_final_newline_is_fine(read):
    assert read(f"{HEADER}\n26A;Léa;;12").rows == [(2, "26A", "Léa", None, "12", None)]


def test_every_error_of_every_row_is_reported(read):
    reading = read(f"{HEADER}\n26A;;31/02/2004;\n;Léa;31/12/04;=cmd()\n26C;Anne;demain;\n")
    assert reading.rows == []
    assert reading.errors == [
        "2: nom: cette valeur est obligatoire",
        "2: date_naissance: « 31/02/2004 » : cette date n’existe pas (JJ/MM/AAAA)",
        "3: numero: cette valeur est obligatoire",
        "3: date_naissance: « 31/12/04 » : l’année s’écrit avec quatre chiffres (JJ/MM/AAAA)",
        "3: note: « =cmd() » : une formule n’est pas acceptée : collez sa valeur à la place",
        "4: date_naissance: « demain » : date attendue : JJ/MM/AAAA ou AAAA-MM-JJ",
    ]


@pytest.mark.parametrize("cell", ["+33", "-x", "@SUM(A1)"])
def test_text_that_a_spreadsheet_would_run_is_refused(read, cell):
    assert read(f"{HEADER}\n26A;{cell};;\n").errors == [
        f"2: nom: « {cell} » : un texte ne commence pas par =, +, - ou @ (formule de tableur)"
    ]


def test_a_row_with_too_few_cells_is_an_incomplete_line(read):
    assert read(f"{HEADER}\n26A;Léa\n26B;Zoé;;\n").errors == [
        "2: ligne: « 26A » : 2 cellules au lieu de 4 : ligne incomplète"
    ]


def test_a_row_may_stop_before_optional_columns_as_excel_writes_them(read):
    reading = read(f"{HEADER};lieu\n26A;Léa;;12\n26B;Zoé;;;Paris\n")
    assert [row[-1] for row in reading.rows] == ["", "Paris"]
    assert reading.errors == []


def test_a_file_cut_in_its_last_line_is_refused(read):
    assert read(f"{HEADER};lieu\n26A;Léa;;12;Paris\n26B;Zoé;;1").errors == [
        "3: ligne: dernière ligne incomplète : fichier coupé ?"
    ]


def test_a_file_cut_inside_a_quoted_field_is_refused_where_the_quote_opens(read):
    assert read(f'{HEADER}\n26A;Léa;;12\n26B;"Zo').errors == [
        "3: ligne: guillemet ouvert et jamais refermé"
    ]


def test_a_quote_in_the_wrong_place_is_refused(read):
    assert read(f'{HEADER}\n26A;"Léa"x;;12\n').errors == [
        "2: ligne: guillemet mal placé dans cette ligne"
    ]


def test_a_misplaced_quote_hides_no_later_error_and_is_located_where_it_opens(read):
    reading = read(
        f'{HEADER}\n26A;"Léa\nMarie";;12\n26B;"Zoé;;12\n;Anne;;12\n26D;"Eva";;12\n;Luc;;\n'
    )
    assert reading.errors == [
        "4: ligne: guillemet mal placé dans cette ligne",
        "5: numero: cette valeur est obligatoire",
        "7: numero: cette valeur est obligatoire",
    ]


def test_a_quote_that_opens_within_a_cell_of_several_lines_is_located_too(read):
    reading = read(f'{HEADER}\n26A;"Léa\nMarie";"x;12\n26B;"Zoé";;12\n;Luc;;\n')
    assert reading.errors == [
        "3: ligne: guillemet mal placé dans cette ligne",
        "5: numero: cette valeur est obligatoire",
    ]


def test_after_fifty_misplaced_quotes_the_rest_is_not_read(read):
    reading = read(f"{HEADER}\n" + '26A;"Léa"x;;\n' * 200 + ";Luc;;\n")
    assert reading.log.count == 51
    assert reading.errors[-1] == (
        "51: fichier: trop de guillemets mal placés : la suite n’est pas lue"
    )


def test_an_unquoted_decimal_comma_between_commas_is_explained(read):
    header = HEADER.replace(";", ",")
    assert read(f"{header}\n26A,Léa,,12,5\n26B,Zoé,,12,5,\n").errors == [
        "2: ligne: « 26A » : 5 cellules au lieu de 4 : "
        "une valeur avec une virgule s’écrit entre guillemets",
        "3: ligne: « 26B » : 6 cellules au lieu de 4 : "
        "une valeur avec une virgule s’écrit entre guillemets",
    ]


def test_blank_lines_and_trailing_delimiters_are_nothing(read):
    reading = read(f"\n{HEADER};;\n;;;;;\n26A;Léa;;12;;\n\n")
    assert reading.rows == [(4, "26A", "Léa", None, "12", None)]
    assert reading.errors == []


@pytest.mark.parametrize("content", ["", "\n\r\n  \t", "\ufeff"])
def test_an_empty_file_is_refused(read, content):
    assert read(content).errors == ["1: fichier: fichier vide"]


def test_a_header_alone_is_refused(read):
    assert read(HEADER).errors == ["1: fichier: aucune ligne sous l’en-tête"]


def test_a_nul_byte_is_found_on_its_line(read):
    assert read(f"{HEADER}\n26A;Léa;;\n26B;Zo\0é;;\n").errors == [
        "3: fichier: octet nul : fichier abîmé ou binaire"
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "un PDF"),
        (b"\x89PNG\r\n\x1a\n", "une image PNG"),
        (b"\xff\xd8\xff\xe0", "une image JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "un ancien classeur .xls ou un document Office 97"),
        (b"\r\n<!doctype html><table>", "une page HTML ou XML"),
    ],
)
def test_another_kind_of_file_is_named_whatever_its_extension(read, content, kind):
    assert read(content).errors == [f"1: fichier: c’est {kind} : CSV ou .xlsx attendu"]


def test_a_missing_file_and_a_directory_are_clear_errors(tmp_path):
    assert Reading(tmp_path / "absent.csv").errors == [
        "1: fichier: fichier illisible (No such file or directory)"
    ]
    assert Reading(tmp_path).errors == ["1: fichier: fichier illisible (Is a directory)"]


def test_a_file_of_500_megabytes_is_refused_without_being_read(tmp_path):
    path = tmp_path / "enorme.csv"
    with path.open("wb") as stream:
        stream.truncate(500 * 1024 * 1024)
    assert Reading(path).errors == [
        "1: fichier: fichier trop gros : 500 Mo, 400 Mo au plus (voir --max-size)"
    ]


def test_a_giant_line_is_refused_on_its_line(read):
    reading = read(f"{HEADER}\n26A;Léa;;\n26B;{'x' * 3_000_000};;\n")
    assert reading.errors == [
        "3: fichier: ligne de plus de 1 Mo : ce n’est pas un fichier de données"
    ]


def test_an_undecodable_encoding_is_refused_on_its_line(read):
    dos = f"{HEADER}\n26A;Anne;;\n26B;M\u00fcller;;\n".encode("cp850")
    assert read(dos).errors == [
        "3: fichier: « M\ufffdller » : "
        "encodage inconnu (ni UTF-8 ni Windows-1252) : exportez le fichier en UTF-8"
    ]
    macintosh = f"{HEADER}\n26A;H\u00e9l\u00e8ne;;\n".encode("mac-roman")
    assert read(macintosh).errors == [
        "2: fichier: « HŽl\ufffdne » : "
        "encodage inconnu (ni UTF-8 ni Windows-1252) : exportez le fichier en UTF-8"
    ]


def test_two_encodings_in_one_file_are_refused_where_they_meet(read):
    content = f"{HEADER}\n26A;Zoé;;\n".encode() + "26B;Zoé;;\n".encode("cp1252")
    assert read(content).errors == [
        "3: fichier: deux encodages mélangés : exportez de nouveau le fichier en UTF-8"
    ]


def test_badly_converted_text_is_refused_in_its_cell(read):
    mojibake = "26A;Zoé;;\n".encode().decode("cp1252")
    [error] = read(f"{HEADER}\n{mojibake}").errors
    assert error.startswith("2: nom: « ZoÃ© » : « Ã© » dans un mot est sans doute une lettre mal")


def test_a_character_lost_in_an_earlier_conversion_is_refused(read):
    assert read(f"{HEADER}\n26A;Zo\ufffd;;\n").errors == [
        "2: nom: « Zo\ufffd » : un caractère a été perdu (\ufffd) : "
        "exportez de nouveau le fichier en UTF-8"
    ]


def test_names_of_central_europe_are_taken_for_windows_1252(read):
    reading = read(f"{HEADER}\n26A;Šimić;;\n".replace("ć", "c").encode("cp1252"))
    assert reading.rows == [(2, "26A", "Šimic", None, "", None)]


def test_text_is_tidied_and_what_is_invisible_is_refused_or_dropped(read):
    reading = read(f"{HEADER}\n26A; Le\u0301a\u00a0 Anne ;;\u200b\n26B;Zo\u202eé;;\n")
    assert reading.rows == [(2, "26A", "Léa Anne", None, "", None)]
    assert reading.errors == ["3: nom: « Zo\\x202eé » : caractère interdit U+202E"]


def test_control_characters_are_shown_escaped(read):
    assert read(f"{HEADER}\n26A;\x1b[31mZoé;;\n").errors == [
        "2: nom: « \\x1b[31mZoé » : caractère interdit U+001B"
    ]


def test_a_long_value_is_shortened_and_its_length_said(read):
    [error] = read(f"{HEADER}\n26A;{'x' * 50};;\n").errors
    assert error == f"2: nom: « {'x' * 39}… » : 50 caractères, 10 au plus"


def test_the_first_hundred_errors_are_shown_and_all_are_in_the_error_file(read, tmp_path):
    rows = "".join(f"26{n};;;\n" for n in range(250))
    reading = read(f"{HEADER}\n{rows}")
    shown = [plain(line) for line in reading.log.lines()]
    path = tmp_path / "fichier.csv"
    assert shown[0] == f"{path}:2: nom: cette valeur est obligatoire"
    assert shown[99] == f"{path}:101: nom: cette valeur est obligatoire"
    assert shown[100:] == [
        f"{path}: 250 erreurs, toutes dans {path}.erreurs.csv. Rien n’a été enregistré."
    ]
    with open(f"{path}.erreurs.csv", encoding="utf-8-sig", newline="") as stream:
        written = list(csv.reader(stream, delimiter=";"))
    assert len(written) == 251
    assert written[0] == ["ligne", "colonne", "valeur", "message"]
    assert written[250] == ["251", "nom", "", "cette valeur est obligatoire"]
    assert os.stat(f"{path}.erreurs.csv").st_mode & 0o077 == 0


def test_the_error_file_holds_nothing_that_a_spreadsheet_would_run(read, tmp_path):
    read(f"{HEADER}\n26A;=cmd();;\n")
    content = (tmp_path / "fichier.csv.erreurs.csv").read_text(encoding="utf-8-sig")
    assert ";=cmd()" not in content
    assert "=cmd()" in content


def test_an_error_file_that_cannot_be_written_is_said_and_stops_nothing(tmp_path):
    path = tmp_path / "fichier.csv"
    path.write_text(f"{HEADER}\n26A;;;\n")
    log = ErrorLog(path, error_path=tmp_path / "absent" / "erreurs.csv")
    list(read_rows(path, COLUMNS, log=log))
    assert [plain(line) for line in log.lines()][1] == (
        f"{path}: 1 erreur, le fichier des erreurs n’a pas pu être écrit "
        "(No such file or directory). Rien n’a été enregistré."
    )


def test_a_good_file_leaves_no_error_file(read, tmp_path):
    read(f"{HEADER}\n26A;Léa;;\n")
    assert [p.name for p in tmp_path.iterdir()] == ["fichier.csv"]


def test_contradictions_between_cells_are_logged_by_the_check(read):
    def check(values):
        if values[0] == values[1]:
            yield "nom", values[1], "comme le numéro"

    reading = read(f"{HEADER}\n26A;26A;;\n26B;Zoé;;\n", check=check)
    assert reading.errors == ["2: nom: « 26A » : comme le numéro"]
    assert [row[0] for row in reading.rows] == [3]


def test_progress_goes_forward_to_the_size_of_the_file(read):
    seen = []
    rows = "".join(f"26{n};Léa;;\n" for n in range(50_000))
    read(f"{HEADER}\n{rows}", progress=lambda done, total: seen.append(done / total))
    assert len(seen) == 3
    assert 0 < seen[0] < seen[1] < seen[2] == 1


@pytest.mark.slow
def test_a_file_where_every_line_is_wrong_is_read_in_bounded_memory(tmp_path):
    path = tmp_path / "tout_faux.csv"
    path.write_text(f"{HEADER}\n" + "26A;;31/02/2004;\n" * 100_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = Reading(path)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert reading.log.count == 200_000
    assert grown < 30_000  # KiB


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_it_fail_otherwise_than_by_the_log(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "octets.csv"
    path.write_bytes(content)
    assert Reading(path).errors


@given(st.text(max_size=200))
def test_no_text_below_a_good_header_makes_it_fail_otherwise_than_by_the_log(
    tmp_path_factory, content
):
    path = tmp_path_factory.getbasetemp() / "texte.csv"
    path.write_bytes(codecs.BOM_UTF8 + f"{HEADER}\n{content}".encode(errors="surrogatepass"))
    reading = Reading(path)
    assert reading.rows or reading.errors


def test_booleans_and_choices_are_read_as_people_write_them():
    assert [boolean(c) for c in ("O", "oui", "1", "VRAI")] == [True] * 4
    assert [boolean(c) for c in ("", "n", "Non", "0", "FAUX")] == [False] * 5
    parse = choice("SCOLAIRE", "FORMATION_CONTINUE", default="SCOLAIRE")
    assert [parse(c) for c in ("", "formation continue", "Scolaire")] == [
        "SCOLAIRE",
        "FORMATION_CONTINUE",
        "SCOLAIRE",
    ]
