"""Fonts that stamped documents share: every character that a value may need, embedded once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from results_portal.documents import html_to_pdf
from results_portal.documents.pdf_writer import FREE, HEADER, PdfWriter
from results_portal.stamping.strips import page_of
from results_portal.stamping.typesetting import LAYOUT_LOCK
from results_portal.stamping.weasyprint_internals import DrawnFile, draw

# Printed French, then the other Latin alphabets. A hyphen precedes the characters drawn like it.
FRENCH = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "\N{NO-BREAK SPACE}«»°·ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜŸàâäæçèéêëîïôöùûüÿŒœ–—‘’“”…•€"
)
LATIN = FRENCH + "".join(
    c for c in map(chr, [*range(0xA1, 0x180), *range(0x218, 0x21C)]) if c not in FRENCH and c != "§"
)

_STYLES = (
    *("font-weight: 400", "font-weight: 600", "font-weight: 700", "font-style: italic"),
    *("font-weight: 400; font-variant-numeric: normal",),
)
_REFERENCE = re.compile(rb"(\d+) 0 R")
_MAPPED = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf\n\[(.*?)\] TJ", re.DOTALL)
_HEXADECIMAL = re.compile(rb"<([0-9a-f]+)>")


@dataclass(frozen=True)
class FontBook:
    """Embedded fonts of an alphabet.

    `head` is the beginning of every file that uses them: the header, then their streams; `entries`
    are those of the cross-reference so far, with numbers kept for `dictionaries`, their other
    objects. `resources` are those that pages name; `characters` and `glyphs` are what each draws.
    """

    head: bytes
    entries: tuple[bytes, ...]
    dictionaries: dict[int, bytes]
    resources: dict[str, int]
    characters: dict[str, frozenset[str]]
    glyphs: dict[str, frozenset[bytes]]

    def writer(self) -> PdfWriter:
        """Return a writer of a file that begins with the fonts."""
        return PdfWriter(self.head, entries=self.entries)

    def draws(self, content: bytes) -> bool:
        """Whether the fonts have every glyph that `content` shows."""
        return all(
            self.glyphs.get(font, frozenset()).issuperset(shown)
            for font, shown in glyphs_of(content).items()
        )


def glyphs_of(content: bytes) -> dict[str, set[bytes]]:
    """Return the glyphs that each font shows in some content, as four hexadecimal digits."""
    found: dict[str, set[bytes]] = {}
    for font, array in _SHOWN.findall(content):
        glyphs = found.setdefault(font.decode(), set())
        for run in _HEXADECIMAL.findall(array):
            glyphs.update(run[start : start + 4] for start in range(0, len(run), 4))
    return found


def font_book(alphabet: str, *, css: str, static: Sequence[str], first: int) -> FontBook:
    """Have WeasyPrint embed `alphabet` in every style, with objects numbered from `first`.

    Characters missing from the first font of the stylesheet are left out.
    """
    drawn = _drawn(alphabet, css, static)
    characters = {name: _characters(drawn, font) for name, font in _fonts(drawn).items()}
    ours = [known for known in characters.values() if known.issuperset("Aa0")]
    covered = frozenset.intersection(*ours)
    if len(ours) < len(characters) and covered < set(alphabet):
        return font_book(
            "".join(c for c in alphabet if c in covered), css=css, static=static, first=first
        )
    return _book(drawn, characters, first)


def _book(drawn: DrawnFile, characters: dict[str, frozenset[str]], first: int) -> FontBook:
    fonts = _fonts(drawn)
    numbers = {old: first + n for n, old in enumerate(_closure(drawn, fonts.values()))}

    def renumbered(data: bytes) -> bytes:
        return _REFERENCE.sub(lambda m: b"%d 0 R" % numbers[int(m[1])], data)

    writer, dictionaries = PdfWriter(HEADER, entries=[FREE] * first), {}
    writer.reserve(len(numbers))
    for old, new in numbers.items():
        data = drawn.data(old)
        if drawn.is_stream(old):
            writer.add(new, data)
        else:
            dictionaries[new] = renumbered(data)
    return FontBook(
        b"".join(writer.parts),
        tuple(writer.entries),
        dictionaries,
        {name: numbers[font.number] for name, font in fonts.items()},
        characters,
        {name: frozenset(_mapping(drawn, font)) for name, font in fonts.items()},
    )


def _drawn(alphabet: str, css: str, static: Sequence[str]) -> DrawnFile:
    # Spaces between letters avoid kerning and ligatures.
    spaced = escape(" ".join(alphabet))
    body = "".join(f'<p style="{style}">{spaced}</p>' for style in _STYLES)
    kept: list[DrawnFile] = []
    with LAYOUT_LOCK:
        draw(html_to_pdf.laid_out(page_of("", "", body), css, static), kept.append, tagged=False)
    return kept[0]


def _fonts(drawn: DrawnFile) -> dict[str, Any]:
    resources = drawn.resolved(drawn.pages[0]["Resources"])
    fonts = drawn.resolved(resources["Font"])
    return {name: drawn[reference] for name, reference in fonts.items()}


def _closure(drawn: DrawnFile, roots: Iterable[Any]) -> list[int]:
    """Return the numbers of the objects, and of all those they refer to."""
    found: dict[int, None] = {}
    waiting = [root.number for root in roots]
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found[number] = None
        if not drawn.is_stream(number):
            waiting += map(int, _REFERENCE.findall(drawn.data(number)))
    return sorted(found)


def _mapping(drawn: DrawnFile, font: Any) -> dict[bytes, str]:
    mapped = _MAPPED.findall(drawn.content(font["ToUnicode"]))
    return {glyph: bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in mapped}


def _characters(drawn: DrawnFile, font: Any) -> frozenset[str]:
    mapped = frozenset(_mapping(drawn, font).values())
    # A no-break space is drawn by the glyph of the space.
    return mapped | {"\N{NO-BREAK SPACE}", " "} if mapped else mapped
