"""Stamped score sheets: WeasyPrint's own pages, in a hundredth of its time."""

import io
import threading
from collections import Counter
from functools import cache
from uuid import UUID

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from results.score_sheet import sheet as score_sheet
from results.score_sheet.printing import Printed, print_score_sheets
from results.score_sheet.sheet import laid_out, press, stamped, to_pdf
from results_portal.documents.html_to_pdf import SIZES
from results_portal.stamping.fonts import FRENCH, LATIN
from results_portal.stamping.pages import TooLong
from results_portal.stamping.press import Press
from results_portal.stamping.strips import Slots, Strip, Unstampable
from tests.results import documents
from tests.results.pages import picture, texts
from tests.results.tagged import links, outline, tree

pytestmark = pytest.mark.long

CODE = UUID("0123456789abcdeffedcba9876543210")
LONG_SCHOOL = {
    "uai": "0750655E",
    "name": "Lycée polyvalent d’enseignement général, technologique et professionnel de l’Exemple",
    "city": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
    "sector": "PUBLIC",
}
LONG_CORRECTION = {"at": "2026-07-10T09:00:00+02:00", "reason": "Note de U4 mal reportée. " * 20}
SITUATIONS = {
    "admitted": documents.document,
    "control": documents.control,
    "refused": documents.refused,
    "refused with parts": documents.refused_with_parts,
    "every status": documents.every_status,
    "longest": documents.longest,
    "long school": lambda: documents.document(entry={"school": LONG_SCHOOL}),
    "long reason": lambda: documents.control() | {"correction": LONG_CORRECTION},
    "elsewhere": lambda: documents.document(
        diploma_route="OTHER_ACADEMY",
        entry={"academy": documents.LILLE},
        candidate={"birth_name": "Şahin-Dvořák", "given_names": "Łucja Ñandú"},
    ),
}
every_situation = pytest.mark.parametrize("situation", SITUATIONS)


@cache
def sheet(situation):
    return score_sheet.score_sheet(SITUATIONS[situation](), code=CODE)


@cache
def stamped_file(situation):
    return to_pdf(sheet(situation))


@cache
def plain_file(situation):
    return laid_out(sheet(situation))


def named(given_names, number="2612345678"):
    document = documents.document(candidate={"given_names": given_names, "number": number})
    return score_sheet.score_sheet(document, code=CODE)


def greatest_difference(one, other, *, page, page_of_other=None):
    """The greatest difference between two pages, of 255 levels of grey."""
    pictures = [
        picture(pdf, dots_per_inch=100, page=number).convert("L")
        for pdf, number in (
            (one, page),
            (other, page if page_of_other is None else page_of_other),
        )
    ]
    return ImageChops.difference(*pictures).getextrema()[1]


ORDINARY = {
    "BTS admitted": documents.document,
    "BTS admitted after control": documents.second_round_admitted,
    "BTS control": documents.control,
    "BTS refused": documents.refused,
    "BTS refused with parts": documents.refused_with_parts,
    "BTS eliminated": documents.eliminated,
    "BTS with every status": documents.every_status,
    "baccalauréat": documents.baccalaureat,
    "baccalauréat refused": documents.baccalaureat_refused,
    "DNB": documents.brevet,
    "CAP eliminated": documents.cap_eliminated,
}


@pytest.mark.parametrize("of", ORDINARY)
def test_an_ordinary_sheet_takes_the_regular_size_on_both_pages(of, settings):
    settings.REGISTRATION_SITES = {"*": "https://inscriptions.examens-concours.example.org/"}
    settings.OFFICE_TRIBUNAL = "Tribunal administratif de l’Exemple|7 rue de l’Exemple|93100 Ville"
    ordinary = score_sheet.score_sheet(ORDINARY[of](), code=CODE)
    sizes = [page[0].path[0].partition("data-size=")[2] for page in ordinary.pages]
    assert sizes == ['"regular">'] * 2
    assert len(press().stamp(ordinary)) == 2  # or else TooLong


@every_situation
def test_a_stamped_page_is_the_page_that_weasyprint_draws(situation):
    assert stamped(sheet(situation)) is not None
    # WeasyPrint paints every rule before any text: the foot of a letter may touch the one below.
    for page in (0, 1):
        assert greatest_difference(stamped_file(situation), plain_file(situation), page=page) < 10


def places(pdf, page):
    """Where each text, line and rectangle of a page is, to the millionth of a pixel."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        lines = opened.pages[page].Contents.read_bytes().splitlines()
    placing = (line.split() for line in lines if line.endswith((b" Tm", b" m", b" l", b" re")))
    return Counter((*map(float, numbers), operator) for *numbers, operator in placing)


@every_situation
def test_everything_stands_exactly_where_weasyprint_puts_it(situation):
    for page in (0, 1):
        assert places(stamped_file(situation), page) == places(plain_file(situation), page)


@every_situation
def test_its_text_is_read_in_the_same_order(situation):
    assert texts(stamped_file(situation)) == texts(plain_file(situation))


@every_situation
def test_its_tags_its_contents_and_its_links_are_the_same(situation):
    assert tree(stamped_file(situation)) == tree(plain_file(situation))
    assert outline(stamped_file(situation)) == outline(plain_file(situation))
    assert links(stamped_file(situation)) == links(plain_file(situation))


def test_a_sheet_carries_nothing_of_the_sheet_stamped_before_it():
    stamped_file("longest")
    first = texts(to_pdf(named("Zénobie", "2600000001")))
    second = texts(to_pdf(named("Amaury", "2600000002")))
    assert "Zénobie" in first[0]
    assert not any("Zénobie" in page or "2600000001" in page for page in second)


def test_a_name_in_another_alphabet_is_laid_out_by_weasyprint():
    other = named("Ольга")
    assert stamped(other) is None
    assert to_pdf(other) == laid_out(other)
    assert "Ольга" in texts(to_pdf(other))[0]


LETTERS = st.sampled_from(LATIN.replace(" ", ""))
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=1, max_size=5).map(" ".join)


def line_of(text):
    slots = Slots()
    path = ('<section class="back" data-size="regular">', '<div class="text">')
    template = f"{score_sheet.strips.FOLDER}/reason.html"
    return Strip(path, template, (True, slots(text)), ("first", "reason"), tuple(slots))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(NAMES, min_size=20, max_size=20, unique=True))
def test_any_latin_text_is_drawn_by_the_operators_that_weasyprint_writes(names):
    known = press().latin.characters
    drawable = frozenset.intersection(*(c for c in known.values() if len(c) > 200))
    strips = [line_of(name) for name in names if drawable.issuperset(name)]
    pinned = [strip.pinned([0]) for strip in strips]
    press().learn([*strips, *pinned])
    for strip, laid in zip(strips, pinned, strict=True):
        (learned,) = {press()._strips.get(strip.form)}
        ((shown,),) = learned.draw(strip.values)
        assert shown.text.strip() in b"".join(press()._strips.get(laid.form).content.pieces)


def test_common_french_names_need_only_the_smaller_fonts():
    assert len(stamped_file("admitted")) < len(stamped_file("elsewhere"))
    assert set("ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâçéèêëîïôœùûüÿ’-").issubset(FRENCH)


def test_a_file_for_paper_has_the_same_pages_and_its_fonts_once(tmp_path):
    people = ["admitted", "control", "refused", "elsewhere"]
    given = [
        Printed(f"260000000{n}", SITUATIONS[person](), CODE) for n, person in enumerate(people)
    ]
    print_score_sheets(given, tmp_path, processes=1)
    file = (tmp_path / "releves-0001.pdf").read_bytes()
    for n, person in enumerate(people):
        for page in (0, 1):
            difference = greatest_difference(
                plain_file(person), file, page=page, page_of_other=2 * n + page
            )
            assert difference < 10
    with pikepdf.open(tmp_path / "releves-0001.pdf") as opened:
        fonts = {opened.pages[n].Resources.objgen for n in range(8)}
        assert len(fonts) == 1


def test_what_cannot_be_stamped_is_printed_in_its_place_and_counted(tmp_path):
    names = ["Léa", "Ольга", "Zoé"]
    given = [
        Printed(str(n), documents.document(candidate={"given_names": name}), CODE)
        for n, name in enumerate(names)
    ]
    report = print_score_sheets(given, tmp_path, processes=1)
    pages = texts((tmp_path / "releves-0001.pdf").read_bytes())
    assert report.slow == 1
    assert [name in page for name, page in zip(names, pages[::2], strict=True)] == [True] * 3


@pytest.mark.slow
def test_several_processes_print_what_one_prints(tmp_path):
    given = [Printed(str(n), documents.document(), UUID(int=n)) for n in range(3)]
    for processes in (1, 2):
        print_score_sheets(given, tmp_path / str(processes), processes=processes, batch_size=2)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.pdf")}
        for name in ("1", "2")
    )
    assert one == two


def new_press():
    from results_portal.documents import html_to_pdf

    return Press(
        css=html_to_pdf.stylesheet(score_sheet.STYLESHEET), static=html_to_pdf.static_directories()
    )


def test_first_downloads_that_come_together_lay_a_form_out_once():
    fresh, together, files = new_press(), threading.Barrier(6), []

    def download():
        together.wait()
        files.append(fresh.tagged(sheet("admitted"), fresh.stamp(sheet("admitted"))))

    threads = [threading.Thread(target=download) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fresh.layouts == 1
    assert set(files) == {stamped_file("admitted")}


def test_many_sheets_learn_at_once_what_is_new_and_are_all_whole():
    fresh, sheets = new_press(), [named("Léa " + "Marie " * n) for n in range(1, 12)]
    together = [page.content() for pages in fresh.stamp_all(sheets) for page in pages]
    assert fresh.layouts <= 2
    alone = [page.content() for one in sheets for page in press().stamp(one)]
    assert together == alone


def test_each_sheet_of_a_batch_is_what_it_is_alone_whatever_its_size():
    sheets = [*map(sheet, SITUATIONS), named("Людмила")]
    alone = [stamped(one) for one in sheets]
    batch = score_sheet.all_stamped(sheets)
    drawn = [
        [pages and [page.content() for page in pages] for pages in of] for of in (alone, batch)
    ]
    assert drawn[0] == drawn[1]
    assert batch[-1] is None
    assert any(isinstance(one, TooLong) for one in press().stamp_all(sheets))


def test_what_could_not_be_stamped_keeps_nothing_of_its_batch_in_memory():
    found = press().stamp_all([*map(sheet, SITUATIONS), named("Людмила")])
    reasons = [one for one in found if isinstance(one, TooLong | Unstampable)]
    assert {*map(type, reasons)} == {TooLong, Unstampable}
    assert [one.__traceback__ for one in reasons] == [None] * len(reasons)


def test_a_sheet_that_cannot_be_stamped_is_not_tried_at_smaller_sizes(monkeypatch):
    first, fresh = new_press(), new_press()
    first.stamp_all([named("Людмила")])
    monkeypatch.setattr(score_sheet, "press", lambda: fresh)
    assert score_sheet.all_stamped([named("Людмила")]) == [None]
    assert fresh.layouts == first.layouts


def test_rows_that_come_again_are_drawn_where_they_stand_and_with_their_own_marks():
    fresh, plain = new_press(), press()
    situations = ("admitted", "refused", "admitted", "control")
    sheets = [sheet(situation).smaller(len(SIZES) - 1) for situation in situations]  # all fit
    again = [page.content() for one in sheets for page in fresh.stamp(one)]
    alone = [page.content() for one in sheets for page in plain.stamp(one)]
    assert again == alone
    assert again[0] == again[4] != again[2]
