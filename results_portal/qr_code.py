"""QR codes as drawings for documents."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Of the eight patterns that may lie over the data. Trying all of them costs 9 ms; read blurred and
# noisy, codes with this one did as well as with the one that segno chooses (31 and 30 of 300).
_MASK = 2
_QUIET = 4  # modules of white that readers need around
_THICKNESS = "1.04"  # or a hairline shows on screens between two rows


def svg(text: str, *, title: str, css_class: str) -> SafeString:
    """The QR code of `text`, error correction M (15 %), black on white with its quiet zone.

    `title` is what it is for who cannot see it.
    """
    code = segno.make(text, error="m", boost_error=False, micro=False, mask=_MASK)
    path = "".join(_runs(code.matrix))
    size = len(code.matrix) + 2 * _QUIET
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" viewBox="0 0 {} {}">'
        '<title>{}</title><path fill="none" stroke="#000" stroke-width="{}" d="{}"/></svg>',
        css_class,
        size,
        size,
        title,
        _THICKNESS,
        mark_safe(path),  # noqa: S308  # made of numbers and of the letters M and h
    )


def _runs(matrix):
    """A stroke for each run of dark modules in a row: what WeasyPrint draws fastest."""
    for y, row in enumerate(matrix, start=_QUIET):
        start = None
        for x, dark in enumerate([*row, 0], start=_QUIET):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield f"M{start} {y}.5h{x - start}"
                start = None
