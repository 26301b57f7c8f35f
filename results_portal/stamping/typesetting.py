"""Typesetting of text in one style, with the operators that WeasyPrint would write.

Latin letters are shaped in pairs: the glyph of a character depends on it alone, its advance on the
next one too. So Pango shapes each pair once, and the rest are look-ups.
"""

import re
import threading
from operator import add, itemgetter

from results_portal.caches import BoundedCache
from results_portal.documents import html_to_pdf
from results_portal.stamping.strips import Unstampable
from results_portal.stamping.weasyprint_internals import Style, shaped

# Neither Pango nor the fonts of a document are thread-safe.
LAYOUT_LOCK = threading.RLock()
_MAX_TEXTS = 4_000
_SHOWN, _ADVANCE = itemgetter(0), itemgetter(1)
_SPACES = re.compile(r"[ \t\r\n\f]+")


class Typesetter:
    """Typesetter for the style of a box of WeasyPrint and a font with these characters."""

    def __init__(self, style: Style, characters: frozenset[str]) -> None:
        self._style, self._characters = style, characters
        self._pairs: dict[str, tuple[str, float]] = {}
        self._words: BoundedCache[str, tuple[str, float]] = BoundedCache(_MAX_TEXTS)
        self._set: BoundedCache[str, tuple[bytes, float]] = BoundedCache(_MAX_TEXTS)

    def set(self, text: str) -> tuple[bytes, float]:
        """Return the operand of TJ that shows `text`, and its width in CSS pixels.

        Raises `Unstampable` for a character that the font lacks or joins with another.
        """
        found = self._set.get(text)
        if found is None:
            found = self._line(text)
            self._set[text] = found
        return found

    def _line(self, text: str) -> tuple[bytes, float]:
        if " " in text or "\n" in text or "\t" in text:
            text = html_to_pdf.french_text(_SPACES.sub(" ", text))
        try:
            glyphs = self._glyphs(text)
        except KeyError:
            self._learn(text)
            glyphs = self._glyphs(text)
        shown = "<" + "".join(map(_SHOWN, glyphs))
        shown = shown[:-1] if shown[-1] == "<" else shown + ">"
        return shown.encode(), sum(map(_ADVANCE, glyphs))

    def _glyphs(self, text: str) -> list[tuple[str, float]]:
        """Return glyphs and advance of each word with its space, then of each last character.

        Raises `KeyError` for a pair that is not known yet. Words come again in many lines; the last
        one is often a number, which does not.
        """
        *words, last = text.split(" ")
        following = [*words[1:], last]
        found = [*map(self._word, words, [word[:1] for word in following])]
        if last:
            found += map(self._pairs.__getitem__, _pairs(last))
        return found

    def _word(self, word: str, next_one: str) -> tuple[str, float]:
        """Return glyphs and advance of a word and its space, before the character `next_one`."""
        key = f"{word} {next_one}"
        found = self._words.get(key)
        if found is None:
            pairs = map(add, key, key[1:]) if next_one else _pairs(key)
            glyphs = [*map(self._pairs.__getitem__, pairs)]
            found = "".join(map(_SHOWN, glyphs)), sum(map(_ADVANCE, glyphs))
            self._words[key] = found
        return found

    def _learn(self, text: str) -> None:
        if not self._characters.issuperset(text):
            raise Unstampable("a character that the font does not have")
        with LAYOUT_LOCK:
            glyphs = _shaped(text, self._style)
        if len(glyphs) != len(text):
            raise Unstampable("characters that the font joins")
        for pair, glyph in zip(_pairs(text), glyphs, strict=True):
            if self._pairs.setdefault(pair, glyph) != glyph:
                raise Unstampable("a character that the font shapes after its context")


def _pairs(text: str) -> list[str]:
    """Return each character with the next one, and the last one alone."""
    return [*map(add, text, text[1:]), text[-1:]]


def _shaped(text: str, style: Style) -> list[tuple[str, float]]:
    """Return what WeasyPrint writes in the array of TJ for each glyph, and its advance in pixels.

    The advance of the font, in thousandths, is corrected to that of Pango.
    """
    glyphs = []
    for glyph in shaped(text, style):
        if not glyph.plain:
            raise Unstampable("a glyph that is moved or missing")
        correction = f">{int(glyph.correction)}<" if glyph.correction else ""
        glyphs.append((f"{glyph.number:04x}{correction}", glyph.advance))
    return glyphs
