"""A letter that a conversion has lost is refused where it stands, and no true name is."""

import pytest

from results_portal.tabular import CellError, Column, ErrorLog, read_rows
from results_portal.tabular.values import optional_text, text

NAMES = ["LEBŒUF Cœlia", "DE L'HAŸ Maëlys", "LÉVÊQUE François", "NUÑEZ Anaïs", "Benoît HÉBRARD"]
TRUE_WORDS = [
    "12 ½ RUE DES LILAS",
    "12½ RUE DES LILAS",
    "N° 3, Nº 4, 12 m²",
    "L’HAŸ-LES-ROSES – « LES LILAS » ",
    "GAL·LA",
    "O'BRIEN & FILS",
    "ŠIMIĆ Žana",
    "Dušan DŽEKO",
    "NGUYỄN",
    "ĐẶNG Ngọc",
    "Kaʻena",
    "Åse IRMÃ",
    "QUAI N° 3 ?",
    "1, 2, 3…SOLEIL",
    "ΓΙΩΡΓΟΣ",
    "王 小明",
]
LOST = [
    *("LEB¼UF", "C½lia", "DE L'HA¾", "¦IMIC", "´ana", "ANGE´", "No¨el", "Franc¸ois", "MU¤OZ"),
    *("LƒVÊQUE", "FRAN‚OIS", "Andr‚", "l„n", "voil…", "A‹T", "BENO×T", "FRAN€OIS", "MU¥OZ", "Lo•c"),
    *("LŽa", "BenoŒt", "MšLLER", "µLVARO", "G·RARD"),
    *("LÃ©a", "LEBÅ’UF", "LEBÅ“UF", "voilÃ\u00a0", "Lâ€™HAY", "L√©a", "L├®a"),
    *("LEB?UF", "Ren?", "?lodie", "D&#039;ANGELO", "L&eacute;a", "L&#xe9;a", "D\\'ORNANO"),
    *("L\\u00e9a", "L\\xe9a", "Zo\ufffd"),
]


@pytest.mark.parametrize("words", TRUE_WORDS)
def test_what_people_write_is_read(words):
    assert text(words) == words.strip()


@pytest.mark.parametrize("words", LOST)
def test_a_sign_that_no_name_bears_is_refused(words):
    with pytest.raises(CellError):
        text(words)


@pytest.mark.parametrize("words", ["D´ANGELO", "d`Angelo", "GRAND´RUE DE L´ÉGLISE", "TE´URA"])
def test_an_accent_that_stands_for_an_apostrophe_becomes_one(words):
    assert text(words) == words.replace("´", "'").replace("`", "'")


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "noms.csv"
        path.write_bytes(content)
        log = ErrorLog(path)
        columns = [Column("numero", optional_text()), Column("nom", optional_text())]
        names = [name for _line, _number, name in read_rows(path, columns, log=log)]
        log.close()
        said = [*log.first(), *log.warnings]
        return names, [f"{one.line}: {one}".replace("\u00a0", " ") for one in said]

    return read


def file_of(names, encoding):
    rows = "".join(f"26{number};{name}\r\n" for number, name in enumerate(names))
    return f"numero;nom\r\n{rows}".encode(encoding)


def test_the_encoding_of_the_ministry_is_read_as_what_it_is(read):
    names, said = read(file_of([*NAMES, "ŠIMIC Žana", "100 €"], "iso8859-15"))
    assert names == [*NAMES, "ŠIMIC Žana", "100 €"]
    assert said == ["2: fichier: lu en ISO-8859-15 : « LEBŒUF Cœlia »"]


def test_a_true_windows_1252_stays_what_it_is(read):
    written = [*NAMES, "12 ½ RUE", "12½ RUE", "ŠIMIC Žana", "L’HAŸ", "100 €"]
    assert read(file_of(written, "cp1252")) == (written, [])
    assert read(file_of(["12 ½ RUE", "12½ RUE", "12 ¼RUE"], "cp1252"))[1] == []


@pytest.mark.parametrize(
    "names", [["Žana"], ["Dušan"], ["D´ANGELO"], ["LEB¼UF", "12 ½ RUE"], ["LEB½UF"]]
)
def test_where_either_encoding_may_be_meant_nothing_is_guessed(read, names):
    """Each byte is a letter in one and a sign in the other, and no other row says which."""
    kind = "cp1252" if set("´¼½") & set("".join(names)) else "iso8859-15"
    read_names, said = read(file_of(names, kind))
    assert names[0] not in read_names
    assert said[0].startswith(("2: nom: «", "2: fichier: «"))
    assert "lettre mal convertie" in said[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_where_no_other_encoding_may_be_meant_an_accent_is_an_apostrophe(read, encoding):
    assert read(file_of(["D´ANGELO", "MARTIN"], encoding)) == (["D'ANGELO", "MARTIN"], [])


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850", "cp437"])
@pytest.mark.parametrize(
    "name", ["Léa", "RÉMY", "FRANÇOIS", "André", "Noël", "Anaïs", "Benoît", "Élodie", "NUÑEZ"]
)
def test_no_name_of_a_macintosh_or_of_dos_is_read_as_another(read, encoding, name):
    names, said = read(file_of(["MARTIN Jean", name], encoding))
    assert names in ([], ["MARTIN Jean"])
    assert said[0].startswith(("3: nom: «", "3: fichier: «"))


@pytest.mark.parametrize("name", ["CŒUR", "cœur", "HÊTRE", "Hélène", "L'HAŸ Léa"])
def test_letters_that_are_other_letters_on_a_macintosh_are_found_by_their_place(read, name):
    names, said = read(file_of([name], "mac-roman"))
    assert names == []
    assert said[0].startswith("2: ")


def test_a_refusal_says_where_it_stands_and_what_to_do(read):
    _names, said = read(file_of(["MARTIN", "LEB?UF"], "utf-8"))
    assert said[0] == (
        "3: nom: « LEB?UF » : « ? » dans un mot est sans doute une lettre mal convertie : "
        "écrivez la lettre, ou exportez de nouveau le fichier en UTF-8"
    )
