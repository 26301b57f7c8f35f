"""PDF objects that all stamped files have, as bytes."""

import zlib
from collections.abc import Iterable, Mapping

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
FIRST_FONT = 8  # object number; those below are for the objects of each kind of file
_LEVEL = 6


def stream(content: bytes, fields: bytes = b"", level: int = _LEVEL) -> bytes:
    """Return a compressed stream object."""
    return packed(zlib.compress(content, level), fields)


def packed(content: bytes, fields: bytes = b"") -> bytes:
    """Return a stream object of zlib-compressed `content`."""
    return b"<</Filter/FlateDecode/Length %d%b>>\nstream\n%b\nendstream" % (
        *(len(content), fields),
        content,
    )


def resources(states: Iterable[bytes], fonts: Mapping[str, int]) -> bytes:
    """Return the resources of pages: fonts and graphics states, named as by WeasyPrint."""
    written = b"".join(b"/%b %d 0 R" % (name.encode(), ref) for name, ref in fonts.items())
    named = b"".join(b"/%b%b" % (state, _state(state)) for state in sorted(states))
    return b"<</Font<<%b>>/ExtGState<<%b>>>>" % (written, named)


def _state(name: bytes) -> bytes:
    """Return the graphics state that WeasyPrint names by its opacity: a of fills, A of strokes."""
    return b"<</%b %b>>" % (b"ca" if name[:1] == b"a" else b"CA", name[1:])
