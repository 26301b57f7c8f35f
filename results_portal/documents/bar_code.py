"""Code 128 as a drawing for documents, for hand scanners that read no QR code."""

import re

from barcode import Code128
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 10  # modules of white that scanners need on each side
HEIGHT = 30  # in modules


def svg(text: str, *, css_class: str) -> SafeString:
    """Return the bars of an ASCII text with their quiet zones, as SVG; its title is the text."""
    (modules,) = Code128(text).build()
    bars = [run.span() for run in re.finditer("1+", modules)]
    path = "".join(
        f"M{start + QUIET} 0h{end - start}v{HEIGHT}h{start - end}z" for start, end in bars
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" viewBox="0 0 {} {}">'
        '<title>{}</title><path d="{}"/></svg>',
        css_class,
        len(modules) + 2 * QUIET,
        HEIGHT,
        text,
        path,
    )
