"""Parts of stamping that need no WeasyPrint."""

import pytest
import segno
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from results_portal.stamping.operators import cut, moved, without_marks
from results_portal.stamping.press import StripDocument
from results_portal.stamping.qr_code import QRCodes
from results_portal.stamping.strips import Slots, Strip, Unstampable, common_length
from results_portal.stamping.tags import LinkReference, Node, head_cells

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
START = b"1 0 0 -1 0 841.889764 cm\nq\n0.75 0 0 0.75 0 0 cm\n"
TEXT = b"BT\n1 0 0 -1 10.5 20 Tm\n/FONT 12 Tf\n[<0001>] TJ\nET\n"
CODES = QRCodes("https://example.invalid/verifier/", 26, "/")


def page(*parts):
    return START + b"".join(parts) + b"Q\n"


def test_an_empty_value_takes_no_slot():
    slots = Slots()
    assert [slots("Léa"), slots(""), slots("12,50")] == ["§0§", "", "§1§"]
    assert slots == ["Léa", "12,50"]


def test_strips_equal_but_for_their_values_are_laid_out_alike():
    one, other = (Strip((), "a.html", ("§0§",), ("name",), (name,)) for name in ("Léa", "Zoé"))
    assert one.form == other.form
    assert one.pinned([0]).form != other.pinned([0]).form


def test_the_text_of_a_document_says_what_is_drawn_and_not_how_a_process_remembers_it():
    def text(*, key=None, value="Léa", number="0"):
        values = (value, CODES.drawing(number * 26))
        strip = Strip((), "a.html", ("§0§",), ("name",), values, key=key)
        return StripDocument("Relevé", "<style></style>", ((strip,),)).plain()

    assert text(key=object()) == text(key=object()) == text()
    assert len({text(), text(value="Zoé"), text(number="1")}) == 3


@pytest.mark.parametrize("value", [object(), {"a", "b"}, gettext_lazy("Admis")])
def test_what_has_no_text_of_its_own_is_refused_in_the_text_of_a_document(value):
    strip = Strip((), "a.html", (value,), ("name",))
    with pytest.raises(TypeError):
        StripDocument("Relevé", "", ((strip,),)).plain()


def test_content_is_cut_where_values_go_and_remembers_their_colour():
    colour = b"0 0 1 rg\n"
    made = cut(
        page(b"q\n", colour, b"/Span\n<</MCID 0>>\nBDC\n", TEXT, b"EMC\n", b"Q\n", TEXT),
        {("10.5000", "20.0000"): (0, 0)},
    )
    assert [insert.state for insert in made.inserts] == [colour, b""]
    assert made.marks == 1
    assert b"TJ" not in b"".join(made.pieces)
    assert without_marks(b"".join(made.pieces)) == b"q\n" + colour + b"Q\n"


@pytest.mark.parametrize("operator", [b"/x0 Do\n", b"/s0 sh\n", b"1 2 3 4 5 6 c\n"])
def test_content_that_cannot_be_moved_as_text_and_rules_is_refused(operator):
    with pytest.raises(Unstampable):
        cut(page(operator), {})


def test_a_text_that_is_not_where_it_was_laid_out_is_refused():
    with pytest.raises(Unstampable):
        cut(page(TEXT), {("10.5000", "21.0000"): (0, 0)})


def test_texts_rules_and_clips_move_down_alike():
    content = b"1 2 m\n3 4 l\n5 6 7 8 re\n" + TEXT
    assert moved(content, 1.5) == (
        b"1 3.500000 m\n3 5.500000 l\n5 7.500000 7 8 re\n"
        b"BT\n1 0 0 -1 10.5 21.500000 Tm\n/FONT 12 Tf\n[<0001>] TJ\nET\n"
    )
    with pytest.raises(Unstampable):
        moved(b"1 0 0 1 5 5 cm\n", 1.5)


def test_cells_of_a_table_name_the_cells_that_head_them():
    def row(*cells):
        return Node("TR", kids=list(cells))

    def head(scope):
        return Node("TH", {"Scope": f"/{scope}"})

    wide = Node("TD", {"ColSpan": 2})
    heads = [head("Column") for _ in range(3)]
    of_row, of_other, cell = head("Row"), head("Row"), Node("TD")
    table = Node("Table", kids=[row(*heads), row(of_row, wide), row(of_other, cell)])
    found = head_cells([Node("Sect", kids=[table])])
    ids = {id(one): found[id(one)]["ID"] for one in (*heads, of_row, of_other)}
    assert len(set(ids.values())) == 5
    assert found[id(wide)]["Headers"] == [ids[id(of_row)], ids[id(heads[1])], ids[id(heads[2])]]
    assert found[id(cell)]["Headers"] == [ids[id(of_other)], ids[id(heads[1])]]


def test_tags_of_a_strip_are_numbered_after_those_before_it():
    strip = Node("P", kids=[0, Node("Link", kids=[1, LinkReference(0)])])
    assert strip.moved(5, 2) == Node("P", kids=[5, Node("Link", kids=[6, LinkReference(2)])])
    assert strip.kids[0] == 0


@pytest.mark.parametrize(("one", "other", "length"), [("", "a", 0), ("ab", "ac", 1), ("a", "a", 1)])
def test_the_common_prefix_of_two_sequences_is_measured(one, other, length):
    assert common_length(one, other) == length


@given(st.text(ALPHABET, min_size=26, max_size=26))
def test_a_quick_code_is_the_code_that_an_encoder_makes(middle):
    address = f"https://example.invalid/verifier/{middle}/"
    matrix = segno.make(address, error="m", boost_error=False, micro=False, mask=2).matrix
    drawn = set()
    for stroke in CODES.drawing(middle).operators.decode().split("l\n")[:-1]:
        x, y, end, _ = stroke.replace("m\n", "").split()
        drawn |= {(column, int(float(y))) for column in range(int(x), int(end))}
    dark = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, one in enumerate(row) if one}
    assert drawn == dark


def test_a_code_of_another_length_is_refused():
    with pytest.raises(ValueError, match="25 characters instead of 26"):
        CODES.drawing("0" * 25)
