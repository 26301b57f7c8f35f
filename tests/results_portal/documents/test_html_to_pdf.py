import io
import subprocess
import sys

import pikepdf
import pytest

from results_portal.documents import html_to_pdf
from tests.results.pages import texts

PAGE = "@page { size: A4; margin: 20mm; @bottom-center { content: 'Page ' counter(page) } }"


def markup(body):
    return f"<html lang='fr'><head><title>Essai</title></head><body>{body}</body></html>"


def tags(document):
    with pikepdf.open(io.BytesIO(document)) as opened:
        return [
            (str(value.S), str(value.get("/A", {}).get("/Scope", "")))
            for value in opened.objects
            if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem"
        ]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/secret.png",
        "https://example.org/logo.png",
        "file:///etc/hostname",
        "file://elsewhere/etc/hostname",
        "data:image/png;base64,AAAA",
        "ftp://127.0.0.1/x",
    ],
)
def test_a_document_can_load_nothing_but_our_static_files(address, tmp_path):
    body = markup(f"<img alt='' src='{address}'>")
    with pytest.raises(html_to_pdf.ForbiddenResource):
        html_to_pdf.to_pdf(body, css=PAGE, static=[tmp_path])


def test_climbing_out_of_the_static_files_is_refused(tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    climbing = (tmp_path / "static").as_uri() + "/../secret.txt"
    with pytest.raises(html_to_pdf.ForbiddenResource):
        html_to_pdf.to_pdf(
            markup(f"<img alt='' src='{climbing}'>"), css=PAGE, static=[tmp_path / "static"]
        )


def test_a_static_file_is_drawn(tmp_path):
    picture = tmp_path / "mark.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    body = markup(f"<img alt='Marque' src='{picture.as_uri()}'>")
    assert ("/Figure", "") in tags(html_to_pdf.to_pdf(body, css=PAGE, static=[tmp_path]))


def test_french_spaces_never_break_a_line_before_a_colon():
    typeset = html_to_pdf.french_spaces("<p class='a : b'>Le 2 juillet : « oui » ; n° 3 ?</p>")
    assert typeset == (
        "<p class='a : b'>Le 2\u00a0juillet\u00a0: «\u00a0oui\u00a0»\u00a0; n°\u00a03\u00a0?</p>"
    )


def test_a_document_of_too_many_pages_is_refused():
    with pytest.raises(html_to_pdf.WrongPageCount, match="2 pages instead of 1"):
        html_to_pdf.to_pdf(
            markup("<p>un</p><p style='break-before:page'>deux</p>"), css=PAGE, pages=1
        )


def test_a_part_takes_smaller_sizes_until_it_fits():
    css = PAGE + '[data-size="regular"] p { break-after: page }'
    body = markup('<div data-size="regular"><p>un</p><p>deux</p></div>')
    assert texts(html_to_pdf.to_pdf(body, css=css, pages=1)) == ["un deux Page 1"]


def test_header_cells_say_what_they_head():
    table = (
        "<table><thead><tr><th>Code</th><th>Note</th></tr></thead>"
        "<tbody><tr><th>U1</th><td>12</td></tr></tbody></table>"
    )
    scopes = [
        scope for tag, scope in tags(html_to_pdf.to_pdf(markup(table), css=PAGE)) if tag == "/TH"
    ]
    assert sorted(scopes) == ["/Column", "/Column", "/Row"]


def test_running_elements_are_artifacts():
    document = html_to_pdf.to_pdf(markup("<p>Bonjour</p>"), css=PAGE)
    assert texts(document) == ["Bonjour Page 1"]
    with pikepdf.open(io.BytesIO(document)) as opened:
        (drawn,) = [page.Contents.read_bytes() for page in opened.pages]
        numbers = opened.Root.StructTreeRoot.ParentTree.Nums[1]
        assert drawn.count(b"/MCID") == 1
        assert b"/Artifact\n<</Type /Pagination>>\nBDC" in drawn
        assert [parent is None for parent in numbers] == [False, True]


def test_a_link_is_printed_with_its_page():
    document = html_to_pdf.to_pdf(markup("<a href='https://example.org/'>ici</a>"), css=PAGE)
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert [int(link.F) for link in opened.pages[0].Annots] == [4]


def test_documents_are_joined_in_order_without_their_tags():
    one, two = (html_to_pdf.to_pdf(markup(f"<p>{word}</p>"), css=PAGE) for word in ("un", "deux"))
    joined = html_to_pdf.joined([two, one, two])
    assert texts(joined) == ["deux Page 1", "un Page 1", "deux Page 1"]
    assert joined == html_to_pdf.joined([two, one, two])
    with pikepdf.open(io.BytesIO(joined)) as opened:
        assert "/StructTreeRoot" not in opened.Root
        assert not any("/StructParents" in page for page in opened.pages)


@pytest.mark.slow
def test_another_process_makes_the_same_bytes():
    program = (
        "import sys; from results_portal.documents import html_to_pdf as pdf;"
        f"sys.stdout.buffer.write(pdf.to_pdf({markup('<p>Léa</p>')!r}, css={PAGE!r}))"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert made.stdout == html_to_pdf.to_pdf(markup("<p>Léa</p>"), css=PAGE)


@pytest.mark.parametrize(("allowed", "embedded"), [(True, True), (False, False)])
def test_the_typeface_of_the_state_is_used_only_where_it_may_be(allowed, embedded, settings):
    settings.STATE_FONT = allowed
    css = html_to_pdf.stylesheet("results/pdf/posted_list.css")
    made = html_to_pdf.to_pdf(
        markup("<p>Léa</p>"), css=css, static=html_to_pdf.static_directories()
    )
    with pikepdf.open(io.BytesIO(made)) as opened:
        names = [str(font.BaseFont) for font in opened.pages[0].Resources.Font.values()]
    assert any("Marianne" in name for name in names) == embedded
