"""What a PDF shows, for tests: the text of its pages, or of a part of one."""

from contextlib import closing
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]

A4 = (595.28, 841.89)  # points
MILLIMETRE = 72 / 25.4
_one_at_a_time = Lock()  # PDFium crashes where two threads read


def texts(pdf):
    """The text of each page, its spaces and line ends made plain."""
    return [_plain(text) for text in _read(pdf, lambda page: page.get_text_bounded())]


def text_within(pdf, *, left, top, right, bottom, page=0):
    """The text of one page in a rectangle, in millimetres from the top left corner."""

    def read(textpage):
        return textpage.get_text_bounded(
            left=left * MILLIMETRE,
            bottom=A4[1] - bottom * MILLIMETRE,
            right=right * MILLIMETRE,
            top=A4[1] - top * MILLIMETRE,
        )

    return _plain(_read(pdf, read)[page])


def sizes(pdf):
    """Width and height of each page, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [document.get_page_size(index) for index in range(len(document))]


def picture(pdf, *, dots_per_inch, page=0):
    """A page as a printer or a scanner at that resolution sees it."""
    with closing(pypdfium2.PdfDocument(pdf)) as document, closing(document[page]) as one:
        return one.render(scale=dots_per_inch / 72).to_pil()


def _read(pdf, read):
    found = []
    with _one_at_a_time, closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            with closing(page), closing(page.get_textpage()) as textpage:
                found.append(read(textpage))
    return found


def _plain(text):
    return " ".join(text.replace("\ufffe", "-").split())
