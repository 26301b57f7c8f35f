"""A picture to share: « J'ai réussi ! », with session and speciality, and without personal data.

Everybody who passed gets the same picture, and anybody can fetch it: it proves nothing.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from results_portal.documents import html_to_pdf

SIDE = 1080  # pixels, the square that social networks show whole
MARGIN = 96
SMALLEST = 16  # pixels
GROUND, BAND, INK = "#1b1b6e", "#8585f6", "#ffffff"
_FALLBACK = "DejaVuSans-Bold.ttf"  # of the package fonts-dejavu-core, which the portal installs


def card(*, session: str, speciality: str) -> bytes:
    """Return the PNG for the labels of a session and a speciality, in the current language.

    Drawn once in each process.
    """
    return _drawn(_("J’ai réussi !"), session, speciality, _(settings.SITE_NAME))


@lru_cache(maxsize=256)
def _drawn(verdict: str, session: str, speciality: str, site: str) -> bytes:
    picture = Image.new("RGB", (SIDE, SIDE), GROUND)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 24, SIDE), fill=BAND)
    draw.rectangle((MARGIN, 210, MARGIN + 160, 222), fill=BAND)
    y = _paragraph(draw, verdict, y=270, size=132)
    y = _paragraph(draw, session, y=y + 48, size=64)
    _paragraph(draw, speciality, y=y + 24, size=44, lines=4)
    _paragraph(draw, site, y=SIDE - MARGIN - 36, size=32)
    output = io.BytesIO()
    picture.quantize(64).save(output, "PNG", optimize=True)
    return output.getvalue()


def _paragraph(draw: Any, text: str, *, y: int, size: int, lines: int = 2) -> int:
    """Draw `text` in at most `lines` lines, smaller until it fits; return its lower edge."""
    while True:
        font = _font(size)
        found = _wrapped(text, font)
        fits = all(font.getlength(line) <= SIDE - 2 * MARGIN for line in found)
        if (fits and len(found) <= lines) or size <= SMALLEST:
            break
        size -= 4
    draw.multiline_text((MARGIN, y), "\n".join(found), font=font, fill=INK, spacing=size // 4)
    return int(y + len(found) * size * 1.25)


def _wrapped(text: str, font: Any) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= SIDE - 2 * MARGIN or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    faces = html_to_pdf.state_faces()
    return ImageFont.truetype(str(faces.get("Bold", Path(_FALLBACK))), size)
