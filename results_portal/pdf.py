"""HTML turned into PDF: tagged (PDF/UA-1), in French, the same bytes for the same input.

Official documents exist in French only, whatever the language of the visitor. Nothing here needs
Django to be set up except `html` and `stylesheet`, so that bare processes can do the layout.
"""

import gc
import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pikepdf
import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

_BEFORE_NARROW = re.compile(r" (?=[;!?])")
_BEFORE_WIDE = re.compile(r" (?=[:»])|(?<=«) ")
_TEXT_BETWEEN_TAGS = re.compile(r"(?<=>)[^<]+")


class WrongPageCount(Exception):
    """A document takes more, or fewer, pages than it must."""

    def __init__(self, *, expected, found):
        super().__init__(f"{found} pages instead of {expected}")
        self.expected = expected
        self.found = found


class ForbiddenResource(FatalURLFetchingError):
    """A template asked for something that is not one of our static files."""


class StaticFiles(URLFetcher):
    """Gives WeasyPrint the files of some directories; any other address stops the rendering.

    A value that slipped into a template unescaped can then reach neither the network nor the
    disk of the server.
    """

    def __init__(self, directories: Iterable[Path]):
        super().__init__(allowed_protocols={"file"}, allow_redirects=False)
        self._directories = [Path(directory).resolve() for directory in directories]

    def fetch(self, url, headers=None):
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        ours = any(path.is_relative_to(directory) for directory in self._directories)
        if parts.scheme != "file" or parts.netloc or not ours:
            raise ForbiddenResource(f"not a static file: {parts.scheme}:")
        return super().fetch(url, headers)


def html(template: str, context: dict) -> str:
    """The HTML of a document, in French, with the no-break spaces that French wants."""
    with override("fr"):
        return french_spaces(render_to_string(template, context))


def french_spaces(markup: str) -> str:
    """Put no-break spaces before ; ! ? : » and after « in the text of `markup`, not in its tags.

    >>> french_spaces("<p class='a : b'>Quoi ?</p>").encode("unicode_escape")
    b"<p class='a : b'>Quoi\\\\u202f?</p>"
    """

    def typeset(match):
        text = _BEFORE_NARROW.sub(NARROW_NO_BREAK_SPACE, match[0])
        return _BEFORE_WIDE.sub(NO_BREAK_SPACE, text)

    return _TEXT_BETWEEN_TAGS.sub(typeset, markup)


def stylesheet(template: str) -> str:
    """A stylesheet from the templates, set in the fonts of the setting `PDF_FONTS`."""
    fonts = ", ".join(f'"{font}"' for font in settings.PDF_FONTS)
    return f"html {{ font-family: {fonts}, sans-serif }}\n{render_to_string(template)}"


def static_directories() -> tuple[str, ...]:
    return tuple(str(directory) for directory in settings.STATICFILES_DIRS)


def to_pdf(
    markup: str,
    *,
    css: str,
    static: Sequence[str] = (),
    pages: int | None = None,
    tagged: bool = True,
) -> bytes:
    """Lay out `markup` and return the PDF.

    `pages` is the number of pages that the document must have; raises `WrongPageCount` when it
    has another. `static` are the directories that images may come from. A document that is only
    printed on paper can do without its tags: `tagged=False`.
    """
    sheet, fonts = _parsed(css)
    source = weasyprint.HTML(string=markup, base_url=None, url_fetcher=StaticFiles(static))
    document = source.render(stylesheets=[sheet], font_config=fonts)
    if pages is not None and len(document.pages) != pages:
        raise WrongPageCount(expected=pages, found=len(document.pages))
    if not tagged:
        return document.write_pdf(pdf_identifier=True)
    return document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=True, finisher=_mark_header_scopes
    )


@lru_cache(maxsize=8)
def _parsed(css):
    fonts = FontConfiguration()
    return weasyprint.CSS(string=css, font_config=fonts, url_fetcher=StaticFiles(())), fonts


def _mark_header_scopes(_document, pdf):
    """Say of each header cell whether it heads a column or a row: WeasyPrint 70 does not."""
