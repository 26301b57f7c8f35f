"""A small kind of document of these tests alone, stamped as its README says."""

import io
from functools import cache

import pikepdf
import pytest
from PIL import ImageChops

from results_portal.documents import html_to_pdf
from results_portal.stamping.pages import TooLong
from results_portal.stamping.press import Press, StripDocument
from results_portal.stamping.print_file import print_file
from results_portal.stamping.qr_code import QRCodes
from results_portal.stamping.strips import Slots, Strip, Unstampable
from tests.results.pages import picture, texts
from tests.results.tagged import links, outline, tree

CSS = """
@page { size: 100mm 100mm; margin: 10mm }
html {
    font-family: "Liberation Sans", "DejaVu Sans", sans-serif;
    font-variant-ligatures: none
}
body, h1, p { margin: 0 }
h1 { font-size: 14pt; color: #003366 }
p { padding-bottom: 1mm }
table { table-layout: fixed; width: 80mm; border-collapse: separate; border-spacing: 0 }
td, th { border: 1px solid #888; padding: 2px; text-align: right; width: 40mm }
svg { position: absolute; top: 50mm; left: 0; width: 20mm; height: 20mm }
"""
BODY = "<main>"
CODES = QRCodes("https://example.invalid/", 4)
TEMPLATES = {
    "stamping_test/title.html": "<h1>Lettre</h1>",
    "stamping_test/name.html": "<p>À {{ name }}</p>",
    "stamping_test/heading.html": "<h1>Lettre à {{ name }}</h1>",
    "stamping_test/address.html": '<p><a href="https://example.invalid/{{ name }}">Un lien</a></p>',
    "stamping_test/described.html": (
        '<p><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        '<title>Code de {{ name }}</title><path stroke="#000" d="M0 0h9"/></svg></p>'
    ),
    "stamping_test/row.html": (
        '<table><tr><th scope="row">{{ subject }}</th><td>{{ mark }}</td></tr></table>'
    ),
    "stamping_test/link.html": '<p><a href="https://example.invalid/">Un lien</a> fixe</p>',
    "stamping_test/running.html": f"<p>{'mot ' * 50}{{{{ name }}}}</p>",
    "stamping_test/code.html": (
        '<div><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"><title>Code</title>'
        '<path fill="none" stroke="#000" d="{{ path }}"/></svg></div>'
    ),
}


@pytest.fixture(autouse=True)
def _templates(settings):
    (engine, *_) = settings.TEMPLATES
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    options = {key: value for key, value in engine["OPTIONS"].items() if key != "loaders"}
    settings.TEMPLATES = [
        {**engine, "DIRS": [], "APP_DIRS": False, "OPTIONS": {**options, "loaders": loaders}}
    ]


def strip(template, **values):
    slots = Slots()
    marks = tuple(slots(value) for value in values.values())
    return Strip((BODY,), f"stamping_test/{template}.html", marks, tuple(values), tuple(slots))


def letter(name="Léa", marks=("12,50", "9,00"), *more):
    rows = [strip("row", subject=f"Épreuve {n}", mark=mark) for n, mark in enumerate(marks)]
    return StripDocument(
        f"Lettre à {name}", "", ((strip("title"), strip("name", name=name), *rows, *more),)
    )


@cache
def press():
    return Press(css=CSS, static=())


def stamped(document):
    return press().tagged(document, press().stamp(document))


def laid_out(document):
    return html_to_pdf.to_pdf(document.markup, css=CSS)


def assert_same_pages(one, other):
    for page in range(len(texts(other))):
        pictures = [picture(pdf, dots_per_inch=100, page=page).convert("L") for pdf in (one, other)]
        assert ImageChops.difference(*pictures).getextrema()[1] < 10


LINK = strip("link")
CODE = strip("code", path=CODES.drawing("AB12"))._replace(fixed=True)
LETTERS = {
    "a letter": letter(),
    "a name of other Latin letters": letter("Şahin-Dvořák"),
    "a name that takes two lines": letter("Marie-Antoinette Anne-Sophie " * 2),
    "a link": letter("Zoé", ("3",), LINK),
    "a code": letter("Zoé", ("3",), CODE),
}
every_letter = pytest.mark.parametrize("which", LETTERS)


@every_letter
def test_a_stamped_file_is_the_one_that_weasyprint_makes(which):
    ours, theirs = stamped(LETTERS[which]), laid_out(LETTERS[which])
    assert_same_pages(ours, theirs)
    assert texts(ours) == texts(theirs)
    assert tree(ours) == tree(theirs)
    assert outline(ours) == outline(theirs)
    assert links(ours) == links(theirs)


@every_letter
def test_a_stamped_file_is_read_without_any_complaint(which):
    with pikepdf.open(io.BytesIO(stamped(LETTERS[which])), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []
        assert str(opened.docinfo["/Title"]) == LETTERS[which].title


def test_a_known_strip_is_not_laid_out_again():
    stamped(letter())
    before = press().layouts
    stamped(letter("Zénobie", ("20,00", "0,25")))
    assert press().layouts == before


def test_the_same_values_make_the_same_bytes_and_others_another_file():
    assert stamped(letter("Zoé")) == stamped(letter("Zoé"))
    assert "Zoé" not in texts(stamped(letter("Léo")))[0]


def test_a_long_file_has_the_pages_of_each_document():
    names = ["Léa", "Zoé", "Léo"]
    pages = tuple(page for name in names for page in letter(name).pages)
    document = StripDocument("Lettres", "", pages)
    file = press().long_file(document)
    with pikepdf.open(io.BytesIO(file), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []
    assert [name in page for name, page in zip(names, texts(file), strict=True)] == [True] * 3


def test_a_file_for_paper_has_the_pages_of_each_document():
    documents = [letter("Léa"), letter("Zoé", ("1", "2", "3"))]
    pages = [page for document in documents for page in press().stamp(document)]
    file = print_file(pages, book=press().latin)
    with pikepdf.open(io.BytesIO(file), attempt_recovery=False) as opened:
        assert opened.check_pdf_syntax() == []
    for page, document in enumerate(documents):
        one = picture(file, dots_per_inch=100, page=page).convert("L")
        other = picture(laid_out(document), dots_per_inch=100, page=0).convert("L")
        assert ImageChops.difference(one, other).getextrema()[1] < 10


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (strip("name", name="Ольга"), "a character that the font does not have"),
        (strip("running", name="Léa"), "running text"),
        (strip("heading", name="Léa"), "a bookmark"),
        (strip("address", name="Lea"), "a link"),
        (strip("described", name="Léa"), "a description"),
    ],
)
def test_what_cannot_be_stamped_is_left_to_weasyprint(odd, reason):
    document = letter("Zoé", (), odd)
    with pytest.raises(Unstampable, match=reason):
        press().stamp(document)
    assert "§" not in " ".join(texts(laid_out(document)))


def test_a_page_that_is_too_long_is_refused():
    with pytest.raises(TooLong):
        press().stamp(letter("Léa", ["1"] * 40))


def test_a_long_file_takes_no_link():
    with pytest.raises(Unstampable, match="link"):
        press().long_file(letter("Zoé", ("3",), LINK))


def test_the_height_of_a_strip_is_that_of_its_layout():
    low, high = press().heights([LINK, strip("running", name="Léa")])
    assert 0 < 4 * low < high
