"""A code on a letter or a list names its diploma or its batch; a slip of the eye names nothing."""

import io
import string

import pypdfium2
import pytest
import zxingcpp

from diplomas import codes
from diplomas.dispatch import printing
from diplomas.models import Diploma, DispatchBatch, Route
from tests.diplomas import dispatched

DIPLOMA = codes.of_diploma(Diploma(pk=123))
BATCH = codes.of_batch(DispatchBatch(reference="LOT-7K3M-Q2PX"))


def test_a_code_names_its_diploma_or_its_batch_however_it_is_typed():
    assert DIPLOMA.startswith("D00000123")
    for typed in (DIPLOMA, DIPLOMA.lower(), f" {DIPLOMA[:4]} {DIPLOMA[4:]}\n"):
        assert codes.read(typed) == codes.Code(DIPLOMA, diploma=123)
    assert codes.read(BATCH) == codes.Code(BATCH, batch="LOT-7K3M-Q2PX")


def test_any_wrong_character_and_any_two_exchanged_are_noticed():
    for right in (DIPLOMA, BATCH):
        wrong = {
            right[:at] + other + right[at + 1 :]
            for at in range(codes.LENGTH)
            for other in string.digits + string.ascii_uppercase
        }
        wrong |= {
            right[:at] + right[at + 1] + right[at] + right[at + 2 :]
            for at in range(codes.LENGTH - 1)
        }
        assert [text for text in wrong - {right} if codes.read(text)] == []
    for text in ("", "D", "é" * 10, "https://exemple.fr/verifier/ABCD", "9" * 5000, "D0000012\0"):
        assert codes.read(text) is None


def test_a_scanner_for_american_keyboards_is_understood_on_a_french_one():
    keys = str.maketrans("0123456789AQZWM", "à&é\"'(-è_çQAWZ,")
    for right in (DIPLOMA, BATCH):
        assert codes.read(right.translate(keys)).text == right


@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.parametrize("route", list(Route))
def test_the_printed_code_is_read_twice_and_stands_outside_the_window(route, tmp_path):
    dispatched.at_school() if route == Route.SCHOOL else dispatched.at_home()
    dispatched.released()
    batch = dispatched.batch(route)
    if route == Route.SCHOOL:
        expected, pdf = codes.of_batch(batch), printing.slip_pdf(batch)
    else:
        expected = codes.of_diploma(batch.diplomas.get())
        pdf = dispatched.letters_of(batch, tmp_path)
    page = pypdfium2.PdfDocument(io.BytesIO(pdf))[0]
    read = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert sorted((found.format.name, found.text) for found in read) == [
        ("Code128", expected),
        ("QRCode", expected),
    ]
    millimetre = 2 * 72 / 25.4
    corners = [
        corner
        for found in read
        for corner in (found.position.top_left, found.position.bottom_right)
    ]
    assert max(corner.y for corner in corners) < 40 * millimetre  # the window begins at 45
