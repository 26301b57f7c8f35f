"""HTML to PDF by WeasyPrint: tagged (PDF/UA-1), in French, the same bytes for the same input.

Official documents exist in French only, whatever the language of the visitor. Only `html` and
`stylesheet` need Django to be set up, so that other processes can do the layout without it.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pikepdf
import pydyf
import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

# The typeface of the State, where it may be used; then the first of these that is installed.
STATE_TYPEFACE = "Marianne"
_FACES = {"Regular": "400", "Regular_Italic": "400; font-style: italic", "Bold": "700"}
_FONTS = ["Inter", "Liberation Sans", "DejaVu Sans"]

# Of references and codes. Kerning draws J under a Q before it: readers of PDF see a space there.
_TO_COPY = ".to-copy { font-kerning: none }"

# Values of the attribute data-size of parts of a document, from the most comfortable to read.
SIZES = ("regular", "compact", "dense", "densest", "last")

_NO_BREAK = re.compile(
    r" (?=[;:!?»])|(?<=«) |(?<=\bn°) |(?<=\bD\.) |(?<=\d) (?=heures|points|janvier|février"
    r"|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_INDENTATION = re.compile(r">\s*\n\s*<")
_TEXT_BETWEEN_TAGS = re.compile(r"(?<=>)[^<]+")
_SIZE = re.compile(r'(?<=data-size=")\w+(?=")')


class WrongPageCount(Exception):
    """Raised when a document takes more, or fewer, pages than it must."""


class ForbiddenResource(FatalURLFetchingError):
    """Raised when a template refers to something other than our static files."""


class StaticFiles(URLFetcher):
    """Fetcher that gives WeasyPrint the files of some directories and fails for any other URL.

    So an unescaped value in a template can read neither the network nor the disk of the server.
    """

    def __init__(self, directories: Iterable[str | Path]) -> None:
        super().__init__(allowed_protocols={"file"}, allow_redirects=False)
        self._directories = [Path(directory).resolve() for directory in directories]

    def fetch(self, url: str, headers: Any = None) -> Any:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        ours = any(path.is_relative_to(directory) for directory in self._directories)
        if parts.scheme != "file" or parts.netloc or not ours:
            raise ForbiddenResource(f"not a static file ({parts.scheme or 'no scheme'})")
        return super().fetch(url, headers)


def html(template: str, context: dict[str, Any]) -> str:
    """Render a document in French, with no-break spaces where French wants them.

    Line ends between two tags are removed: each would cost a box to lay out.
    """
    with override("fr"):
        markup = render_to_string(template, context)
    return french_spaces(_INDENTATION.sub("><", markup))


def french_spaces(markup: str) -> str:
    """Put no-break spaces where French wants them in the text of `markup`, not in its tags.

    Before ; : ! ? », after « and n°, and within dates and quantities. Of full width everywhere:
    the typeface of the State has no narrow one.
    """
    return _TEXT_BETWEEN_TAGS.sub(lambda match: french_text(match[0]), markup)


def french_text(text: str) -> str:
    """Put no-break spaces into a text without tags, as `french_spaces` does."""
    return _NO_BREAK.sub("\N{NO-BREAK SPACE}", text)


def stylesheet(template: str) -> str:
    """Render a stylesheet, in the typeface that the setting `STATE_FONT` allows."""
    faces = state_faces()
    families = [STATE_TYPEFACE, *_FONTS] if faces else _FONTS
    fonts = ", ".join(f'"{family}"' for family in families)
    rules = [
        f'@font-face {{ font-family: "{STATE_TYPEFACE}"; src: url("{path.as_uri()}");'
        f" font-weight: {_FACES[name]} }}"
        for name, path in faces.items()
    ]
    return "\n".join(
        [
            *rules,
            f"html {{ font-family: {fonts}, sans-serif }}",
            _TO_COPY,
            render_to_string(template),
        ]
    )


def static_directories() -> tuple[str, ...]:
    """Return the directories that documents may use: our static files and the typeface."""
    directories = [
        *map(Path, settings.STATICFILES_DIRS),
        *(f.parent for f in state_faces().values()),
    ]
    return tuple(dict.fromkeys(map(str, directories)))


def state_faces() -> dict[str, Path]:
    """Return the files of the State's typeface by face, from the package of its design system."""
    package = find_spec("dsfr")
    if not settings.STATE_FONT or package is None or package.origin is None:
        return {}
    fonts = Path(package.origin).parent / "static" / "dsfr" / "dist" / "fonts"
    files = {name: fonts / f"{STATE_TYPEFACE}-{name}.woff2" for name in _FACES}
    return {name: file for name, file in files.items() if file.is_file()}


def to_pdf(
    markup: str,
    *,
    css: str,
    static: Sequence[str | Path] = (),
    pages: int | None = None,
    tagged: bool = True,
) -> bytes:
    """Lay out `markup` and return the PDF.

    `static` are the directories that images may come from. `pages` is the number of pages that
    the document must have: its parts take the next of `SIZES` until it has; `WrongPageCount` is
    raised when it never has. A document only printed on paper needs no tags: `tagged=False`.
    """
    document = laid_out(markup, css, static)
    while pages is not None and len(document.pages) != pages:
        next_markup = smaller(markup, 1)
        if next_markup == markup:
            raise WrongPageCount(f"{len(document.pages)} pages instead of {pages}")
        markup = next_markup
        document = laid_out(markup, css, static)
    if not tagged:
        return document.write_pdf(pdf_identifier=True)
    return document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True, finisher=complete_tags)


def laid_out(markup: str, css: str, static: Sequence[str | Path]) -> weasyprint.Document:
    """Return the pages of `markup` as WeasyPrint lays them out, before anything is drawn."""
    sheet, fonts = _parsed(css, tuple(map(str, static)))
    source = weasyprint.HTML(string=markup, url_fetcher=StaticFiles(static))
    return source.render(stylesheets=[sheet], font_config=fonts)


def joined(documents: Iterable[bytes]) -> bytes:
    """Return one PDF of the pages of several, in order, without their tags: for paper."""
    with pikepdf.new() as whole:
        for document in documents:
            with pikepdf.open(io.BytesIO(document)) as one:
                for page in one.pages:
                    if "/StructParents" in page:
                        del page["/StructParents"]
                whole.pages.extend(one.pages)
        output = io.BytesIO()
        whole.save(output, deterministic_id=True)
        return output.getvalue()


def smaller(markup: str, steps: int) -> str:
    """Return `markup` with each of its parts `steps` further in `SIZES`."""

    def size(match: re.Match[str]) -> str:
        return SIZES[min(SIZES.index(match[0]) + steps, len(SIZES) - 1)]

    return _SIZE.sub(size, markup)


@lru_cache(maxsize=8)
def _parsed(css: str, static: tuple[str, ...]) -> tuple[weasyprint.CSS, FontConfiguration]:
    fonts = FontConfiguration()
    return weasyprint.CSS(string=css, font_config=fonts, url_fetcher=StaticFiles(static)), fonts


def complete_tags(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """Add what the tags of WeasyPrint 70 lack for PDF/UA-1.

    The scope of header cells; the print flag of links; the bounding box of figures in points from
    the foot of the page; and the mark of an artifact for what repeats in the margins of each page,
    which no element owns.
    """
    elements = {o.reference: o for o in pdf.objects if isinstance(o, pydyf.Dictionary)}
    for element in elements.values():
        if element.get("S") == "/TH":
            row = elements[element["P"]]
            heads_a_column = elements[row["P"]].get("S") == "/THead"
            element["A"]["Scope"] = "/Column" if heads_a_column else "/Row"
        elif element.get("S") == "/Figure":
            element["A"]["BBox"] = _from_the_foot(element["A"]["BBox"], elements[element["Pg"]])
        elif element.get("Subtype") == "/Link":
            element["F"] = 4
    root = elements[pdf.catalog["StructTreeRoot"]]
    owned = set(_descendants(root, elements))
    streams = {o.reference: o for o in pdf.objects if isinstance(o, pydyf.Stream)}
    numbers = elements[root["ParentTree"]]["Nums"]
    for index, page in enumerate(pdf.page_references):
        _turn_into_artifacts(streams[elements[page]["Contents"]], numbers[2 * index + 1], owned)


def _from_the_foot(box: Sequence[float], page: pydyf.Dictionary) -> pydyf.Array:
    """Convert a box in CSS pixels from the top of its page to points from its foot."""
    left, top, right, bottom = (0.75 * side for side in box)
    height = page["MediaBox"][3]
    return pydyf.Array((left, height - bottom, right, height - top))


def _descendants(element: pydyf.Dictionary, elements: dict[bytes, Any]) -> Iterator[bytes]:
    for kid in element["K"]:
        if isinstance(kid, bytes) and kid in elements:
            yield kid
            if "K" in elements[kid]:
                yield from _descendants(elements[kid], elements)


def _turn_into_artifacts(stream: pydyf.Stream, parents: pydyf.Array, owned: set[bytes]) -> None:
    orphans = {mcid for mcid, parent in enumerate(parents) if parent not in owned}
    for position, operand in enumerate(stream.stream):
        if isinstance(operand, pydyf.Dictionary) and operand.get("MCID") in orphans:
            stream.stream[position - 1 : position + 1] = [
                "/Artifact",
                pydyf.Dictionary({"Type": "/Pagination"}),
            ]
    for mcid in orphans:
        parents[mcid] = "null"
