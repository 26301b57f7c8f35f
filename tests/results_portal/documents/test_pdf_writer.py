"""Files of the writer of PDF, as qpdf and pyHanko read them."""

import io

import pikepdf
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from results_portal.documents.pdf_writer import (
    FREE,
    HEADER,
    PdfWriter,
    packed,
    references,
    stream,
)

IDS = (bytes(16), bytes(range(16)))
TRAILER = b"/Root 1 0 R"
DRAWING = b"0 0 10 10 re f\n"


def begun():
    """A writer with a catalogue, an empty tree of pages and a page to come: 1, 2 and 3."""
    return PdfWriter(HEADER, entries=[FREE] * 4)


def dictionaries():
    return {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[%b]>>" % references([3]),
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 20 30]/Contents 4 0 R/Resources<<>>>>",
    }


def with_table():
    writer = begun()
    for number, data in dictionaries().items():
        writer.add(number, data)
    writer.add(writer.reserve(), stream(DRAWING))
    return writer.with_table(TRAILER, IDS)


def with_stream():
    writer = begun()
    writer.add(writer.reserve(), stream(DRAWING))
    writer.pack(writer.reserve(), dictionaries())
    return writer.with_stream(writer.reserve(), TRAILER, IDS)


def updated(file):
    """The file with another page size."""
    writer = PdfWriter.updating(file, 7)
    page = dictionaries()[3].replace(b"20 30", b"40 50")
    at = writer.add(3, page)
    whole = file + writer.with_stream(writer.reserve(), TRAILER, IDS)
    assert whole[at:].startswith(b"3 0 obj\n" + page)
    return whole


@pytest.fixture(params=[with_table, with_stream, lambda: updated(with_stream())])
def file(request):
    return request.param()


def test_a_file_is_read_without_any_complaint(file):
    with pikepdf.open(io.BytesIO(file), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []
        assert opened.pages[0].Contents.read_bytes() == DRAWING
        assert bytes(opened.trailer.ID[1]) == IDS[1]


def test_another_reader_finds_its_objects_too(file):
    page = PdfFileReader(io.BytesIO(file), strict=True).root["/Pages"]["/Kids"][0].get_object()
    assert page["/Contents"].data == DRAWING


def test_an_update_replaces_an_object_and_keeps_the_file():
    before = with_stream()
    after = updated(before)
    assert after.startswith(before)
    with pikepdf.open(io.BytesIO(after)) as opened:
        assert [int(side) for side in opened.pages[0].MediaBox] == [0, 0, 40, 50]


def test_a_file_without_a_line_end_is_updated_after_one():
    before = with_stream().rstrip(b"\n")
    assert updated(before)[len(before) :].startswith(b"\n3 0 obj\n")


def test_a_file_with_a_table_is_not_updated_by_a_stream():
    with pytest.raises(ValueError, match="cross-reference table"):
        PdfWriter.updating(with_table(), 7)


def test_numbers_are_reserved_in_a_row_and_free_until_used():
    writer = begun()
    assert [writer.reserve(3), writer.reserve(), writer.free] == [4, 7, 8]
    assert writer.entries == [FREE] * 8


def test_the_identifier_depends_on_the_parts_from_one_on():
    one, other = PdfWriter(b"a", b"c", entries=[]), PdfWriter(b"b", b"c", entries=[])
    assert one.identifier() != other.identifier()
    assert one.identifier(since=1) == other.identifier(since=1)
    assert len(one.identifier()) == 16


def test_content_that_is_compressed_already_is_kept_as_it_is():
    assert packed(b"xyz", b"/N 1") == (
        b"<</Filter/FlateDecode/Length 3/N 1>>\nstream\nxyz\nendstream"
    )
