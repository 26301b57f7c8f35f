"""One file knows the inside of WeasyPrint, and says so when WeasyPrint has changed."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pydyf
import pytest
import weasyprint
from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import Box
from weasyprint.text import ffi, fonts, line_break

from results_portal.stamping import weasyprint_internals
from results_portal.stamping.weasyprint_internals import check

ROOT = Path(__file__).resolve().parents[3]
STAMPING = ROOT / "results_portal/stamping"
INTERNALS = Path(weasyprint_internals.__file__)
PRODUCT = [
    path
    for app in ("results_portal", "candidates", "results", "diplomas")
    for path in sorted((ROOT / app).rglob("*.py"))
    if path != INTERNALS
]
# The documented names of WeasyPrint that other files may use.
DOCUMENTED = {
    *("weasyprint", "weasyprint.CSS", "weasyprint.Document", "weasyprint.HTML"),
    *("weasyprint.__version__", "weasyprint.text.fonts.FontConfiguration"),
    *("weasyprint.urls.FatalURLFetchingError", "weasyprint.urls.URLFetcher"),
}
BROKEN = """
import sys
from weasyprint.text import line_break
del line_break.Layout.set_text
import results_portal.stamping.press
"""


def test_the_installed_weasyprint_is_the_one_expected():
    check()


@pytest.mark.long
def test_nothing_is_stamped_with_a_weasyprint_that_lacks_something():
    done = subprocess.run(
        [sys.executable, "-c", BROKEN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert re.search(
        r"ImportError: WeasyPrint 70 is expected: weasyprint\.text\.line_break:Layout\.set_text"
        r" is missing in version 70\.\d+; see results_portal/stamping/README\.md",
        done.stderr,
    )


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Box, "margin_height"),
        (ffi, "FROM_UNITS"),
        (fonts, "get_pango_font_key"),
        (line_break, "Layout"),
        (line_break.Layout, "get_first_line"),
        (pydyf, "Stream"),
        (pydyf.PDF, "page_references"),
    ],
)
def test_whatever_is_missing_is_named(monkeypatch, owner, name):
    monkeypatch.delattr(owner, name)
    with pytest.raises(ImportError, match=rf"{name}\b.* is missing in version"):
        check()


def test_another_version_is_refused_though_it_has_everything(monkeypatch):
    monkeypatch.setattr(weasyprint, "__version__", "71.2")
    with pytest.raises(ImportError, match=r"WeasyPrint 70 is expected: .* in version 71\.2; see"):
        check()


def test_a_function_with_other_arguments_is_named(monkeypatch):
    monkeypatch.setattr(fonts, "get_pango_font_key", lambda font, font_map: None)
    with pytest.raises(ImportError, match="get_pango_font_key takes other arguments"):
        check()


def test_an_attribute_with_another_name_is_named(monkeypatch):
    def other(self, page_box):
        self._box_of_page, self.width, self.height, self.bookmarks = page_box, 1, 1, []

    monkeypatch.setattr(Page, "__init__", other)
    with pytest.raises(ImportError, match=r"Page.__init__ has no _page_box"):
        check()


def test_a_structure_of_pango_without_a_field_is_named(monkeypatch):
    monkeypatch.setitem(weasyprint_internals._STRUCTURES, "PangoGlyphInfo", ("colour",))
    monkeypatch.setitem(weasyprint_internals._STRUCTURES, "PangoStrip", ("length",))
    with pytest.raises(ImportError, match=r"GlyphInfo has no colour; PangoStrip is missing"):
        check()


def names_of_weasyprint(tree):
    """The dotted names below `weasyprint` that a module imports, or uses of what it imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def undocumented_attributes():
    """The names that only the inside of WeasyPrint has; those of one word others may have too."""
    tables = (weasyprint_internals._CALLED, weasyprint_internals._PRESENT)
    paths = [path for table in tables for path in table if path.startswith("weasyprint.")]
    names = {path.rpartition(":")[2].rpartition(".")[2] for path in paths}
    attributes = weasyprint_internals._ATTRIBUTES | weasyprint_internals._STRUCTURES
    names |= {name for path, found in attributes.items() for name in found if "pydyf" not in path}
    return {name for name in names if "_" in name}


@pytest.mark.long
def test_one_file_alone_knows_the_inside_of_weasyprint():
    inside, wrong = undocumented_attributes(), set()
    assert {"_page_box", "_box", "position_x", "margin_height", "set_text"} < inside
    for path in PRODUCT:
        tree = ast.parse(path.read_text(), str(path))
        names = {name for name in names_of_weasyprint(tree) if name.startswith("weasyprint")}
        wrong |= {(path, name) for name in names - DOCUMENTED if "internals" not in name}
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        wrong |= {(path, name) for name in used & inside}
    assert not wrong


def test_the_rest_of_stamping_imports_neither_weasyprint_nor_pydyf():
    wrong = {
        path.name
        for path in STAMPING.glob("*.py")
        if path != INTERNALS
        and re.search(r"^\s*(import|from) (weasyprint|pydyf)\b", path.read_text(), re.MULTILINE)
    }
    assert not wrong


def test_stamping_imports_little_of_the_portal():
    documents = "results_portal.documents"  # html_to_pdf, by name
    allowed = {"results_portal.caches", documents, f"{documents}.pdf_writer"}
    imported = {
        node.module
        for path in STAMPING.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(), str(path)))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith("results_portal.")}
    assert {name for name in ours if not name.startswith("results_portal.stamping")} <= allowed
