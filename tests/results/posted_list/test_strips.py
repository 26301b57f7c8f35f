"""Stamped posted lists: WeasyPrint's own pages, names set in the lines that it would break."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pikepdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from results.posted_list import posted_list
from results.posted_list.layout import ListLayout, content
from results.posted_list.posted_list import (
    PostedList,
    laid_out,
    made,
    press,
    render_posted_list,
    sheet_of,
)
from results_portal.documents import html_to_pdf
from results_portal.printing import run as print_run
from results_portal.stamping.strips import body, page_of
from results_portal.stamping.weasyprint_internals import boxes, boxes_of
from tests.results.pages import picture, texts
from tests.results.tagged import outline, tree

LONG = ("Rakotoarimanana-Andriamihajanirina" * 2, "Marie-Antoinette Anne-Sophie " * 3)


def posted(names, **changes):
    values = {
        "exam": "BTS",
        "session_label": "BTS, session 2026",
        "speciality_label": "Management commercial opérationnel",
        "posting_place": "Lycée de l’Exemple",
        "released_at": datetime(2026, 7, 2, 8, 0, tzinfo=UTC),
    }
    return PostedList(names=names, **(values | changes))


def crowd(count):
    given = ["Léa", "Jean-Baptiste Emmanuel Louis", "Marie-Anne"]
    return [
        (f"{chr(65 + rank * 26 // count)}nom{rank:04d}", given[rank % 3]) for rank in range(count)
    ]


LISTS = {
    "nobody": posted([]),
    "one page": posted(crowd(5)),
    "two pages, the second for the signature": posted(crowd(20)),
    "first, middle and last pages": posted(crowd(130)),
    "second round in a place that takes two lines": posted(
        crowd(3), round=2, posting_place="Lycée d’enseignement général et technologique " * 2
    ),
    "names that no line holds": posted([LONG] * 3 + crowd(4)),
    "letters that French does not have": posted([("Şahin-Dvořák", "Łucja Ñandú")]),
}
every_list = pytest.mark.parametrize("which", LISTS)


@cache
def files(which):
    """The stamped file of a list and WeasyPrint's."""
    sheet = sheet_of(LISTS[which])
    file, stamped = made(sheet)
    assert stamped
    return file, laid_out(sheet)


@every_list
def test_a_stamped_page_is_the_page_that_weasyprint_draws(which):
    ours, plain = files(which)
    for page in range(len(texts(plain))):
        one, other = (
            picture(pdf, dots_per_inch=80, page=page).convert("L") for pdf in (ours, plain)
        )
        assert ImageChops.difference(one, other).getextrema()[1] < 10


@every_list
def test_its_text_is_read_in_the_same_order(which):
    ours, plain = map(texts, files(which))
    assert ours == plain


@every_list
def test_its_tags_and_its_contents_are_the_same(which):
    ours, plain = files(which)
    assert tree(ours) == tree(plain)
    assert outline(ours) == outline(plain)


@pytest.mark.long
def test_what_repeats_in_the_margins_is_no_part_of_what_is_read():
    ours, _ = files("first, middle and last pages")
    with pikepdf.open(io.BytesIO(ours)) as opened:
        for number, page in enumerate(opened.pages):
            operators = [str(one.operator) for one in pikepdf.parse_content_stream(page)]
            marked = page.Contents.read_bytes().count(b"/MCID")
            assert operators.count("BT") - marked == (4 if number else 1)


WORDS = st.from_regex(r"[AÉWm][AÉmiWltj]{0,4}(?:'[AÉmiW][miltj]{0,4})?", fullmatch=True)
NAMES = st.lists(WORDS, min_size=1, max_size=6).flatmap(
    lambda words: st.lists(
        st.sampled_from(" -"), min_size=len(words) - 1, max_size=len(words) - 1
    ).map(lambda signs: "".join(map("".join, zip(words, [*signs, ""], strict=True))))
)


def lines(strips):
    markup = body(strip.pinned(range(len(strip.values))) for strip in strips)
    css = html_to_pdf.stylesheet(posted_list.STYLESHEET) + ".column { float: none !important }"
    document = html_to_pdf.laid_out(page_of("", "", markup), css, html_to_pdf.static_directories())
    return [
        [
            "".join(text.text for text in boxes(line) if type(text).__name__ == "TextBox").strip()
            for line in box.children
        ]
        for page in document.pages
        for box in boxes_of(page)
        if type(box).__name__ == "BlockBox" and box.element_tag == "li"
    ]


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # each example is laid out twice
)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=40, max_size=40))
@pytest.mark.long
def test_names_are_broken_in_the_lines_that_weasyprint_would_break_them_in(names):
    strips = posted_list.strips
    setting = strips._setting(press())
    ours = [strips._name(family, given, setting) for family, given in names]
    theirs = [strips._whole(family, given) for family, given in names]
    assert lines(ours) == lines(theirs)


def test_a_name_in_another_alphabet_is_laid_out_by_weasyprint_and_counted(tmp_path):
    sheets = [
        print_run.PrintDocument(name, content(posted([("Dupont", name)])), (name,))
        for name in ("Léa", "Ольга")
    ]
    report = print_run.print_documents(
        sheets,
        tmp_path,
        run="essai",
        layout=ListLayout(posted_list.design()),
        columns=["nom"],
        prefix="liste",
        one_file_each=True,
        processes=1,
    )
    assert report.slow == 1
    for name in ("Léa", "Ольга"):
        assert f"DUPONT {name}" in texts((tmp_path / f"liste-{name}.pdf").read_bytes())[0]


def test_a_list_carries_nothing_of_the_list_stamped_before_it():
    first = render_posted_list(posted([("Zénobie", "Zoé")], posting_place="Lycée A"))
    second = render_posted_list(posted([("Amaury", "Léa")], posting_place="Lycée B"))
    assert "ZÉNOBIE" in texts(first)[0]
    assert not any("ZÉNOBIE" in page or "Lycée A" in page for page in texts(second))


def test_lists_of_another_hour_say_their_own_hour():
    later = LISTS["one page"].released_at + timedelta(hours=2)
    (page,) = texts(render_posted_list(posted(crowd(5), released_at=later)))[:1]
    assert "Affichée le 2 juillet 2026 à 12 h 00" in page
