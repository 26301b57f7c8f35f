"""Writer of PDF files (ISO 32000-1): objects, object streams, cross-references and trailers.

The content of an object is bytes as they stand in the file: the caller writes the dictionaries.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from itertools import compress

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
LEVEL = 6  # of compression

# Entry of an object in the cross-reference: 0 (free), 1 (offset) or 2 (object stream); the offset,
# or the number of the stream; the generation, or the place in the stream.
_ENTRY = struct.Struct(">BIH")
_WIDTHS = b"/W[1 4 2]"
FREE = _ENTRY.pack(0, 0, 0xFFFF)


class PdfWriter:
    """Writer of the objects of a file, one after the other.

    `parts` are what the file begins with, and `entries` those of its objects by number, free ones
    included. An update of a file begins at the offset `start`, after all of that file.
    """

    def __init__(self, *parts: bytes, entries: Iterable[bytes], start: int = 0) -> None:
        self.parts, self.entries = [*parts], [*entries]
        self._at = start + sum(map(len, parts))
        self._previous = b""

    @classmethod
    def updating(cls, pdf: bytes, size: int) -> "PdfWriter":
        """Return a writer of what is added to `pdf`, for objects below `size`.

        Raises `ValueError` if `pdf` has no cross-reference stream.
        """
        previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        if pdf.startswith(b"xref", previous):
            raise ValueError("a file with a cross-reference table")
        separator = b"" if pdf.endswith(b"\n") else b"\n"
        writer = cls(separator, entries=[FREE] * size, start=len(pdf))
        writer._previous = b"/Prev %d" % previous
        return writer

    @property
    def free(self) -> int:
        """Return the first number that no object has."""
        return len(self.entries)

    def reserve(self, count: int = 1) -> int:
        """Return the first of `count` new numbers of objects."""
        first = len(self.entries)
        self.entries += [FREE] * count
        return first

    def add(self, number: int, data: bytes) -> int:
        """Write an object under a reserved number, and return its offset."""
        at, written = self._at, b"%d 0 obj\n%b\nendobj\n" % (number, data)
        self.entries[number] = _ENTRY.pack(1, at, 0)
        self.parts.append(written)
        self._at = at + len(written)
        return at

    def pack(self, number: int, objects: Mapping[int, bytes], level: int = LEVEL) -> None:
        """Write objects that are no streams by number, in an object stream with that number."""
        offsets, place = [], 0
        for index, (packed_number, data) in enumerate(objects.items()):
            self.entries[packed_number] = _ENTRY.pack(2, number, index)
            offsets.append(b"%d %d" % (packed_number, place))
            place += len(data) + 1
        table = b" ".join(offsets) + b"\n"
        fields = b"/Type/ObjStm/N %d/First %d" % (len(offsets), len(table))
        self.add(number, stream(table + b"\n".join(objects.values()), fields, level))

    def identifier(self, since: int = 0) -> bytes:
        """Return a digest of the parts from that one on, to identify the file."""
        return hashlib.sha256(b"".join(self.parts[since:])).digest()[:16]

    def with_stream(
        self, number: int, trailer: bytes, ids: tuple[bytes, bytes], level: int = LEVEL
    ) -> bytes:
        """Return all parts with a cross-reference stream under a reserved number.

        `trailer` are the fields that name the root and the like. An update lists the entries that
        it changes.
        """
        at = self._at
        self.entries[number] = _ENTRY.pack(1, at, 0)
        rows, sections = self.entries, b""
        if self._previous:
            changed = [entry != FREE for entry in rows]
            index = b" ".join([b"%d 1" % one for one in compress(range(len(rows)), changed)])
            rows, sections = [*compress(rows, changed)], b"/Index[%b]%b" % (index, self._previous)
        fields = b"/Type/XRef%b%b" % (_WIDTHS, self._trailer(trailer, ids))
        self.add(number, stream(b"".join(rows), fields + sections, level))
        return b"".join([*self.parts, _end(at)])

    def with_table(self, trailer: bytes, ids: tuple[bytes, bytes]) -> bytes:
        """Return all parts with a cross-reference table, for files without object streams."""
        rows = [
            b"%010d %05d %b \n" % (at, generation, b"n" if kind else b"f")
            for kind, at, generation in _ENTRY.iter_unpack(b"".join(self.entries))
        ]
        head = b"xref\n0 %d\n" % len(rows)
        fields = b"trailer\n<<%b>>\n" % self._trailer(trailer, ids)
        return b"".join([*self.parts, head, *rows, fields, _end(self._at)])

    def _trailer(self, fields: bytes, ids: tuple[bytes, bytes]) -> bytes:
        first, second = ids
        named = first.hex().encode(), second.hex().encode()
        return b"/Size %d%b/ID[<%b><%b>]" % (len(self.entries), fields, *named)


def stream(content: bytes, fields: bytes = b"", level: int = LEVEL) -> bytes:
    """Return a compressed stream object."""
    return packed(zlib.compress(content, level), fields)


def packed(content: bytes, fields: bytes = b"") -> bytes:
    """Return a stream object of zlib-compressed `content`."""
    return b"<</Filter/FlateDecode/Length %d%b>>\nstream\n%b\nendstream" % (
        *(len(content), fields),
        content,
    )


def references(numbers: Iterable[int]) -> bytes:
    """Return references to objects, as in an array."""
    return b" ".join([b"%d 0 R" % number for number in numbers])


def _end(at: int) -> bytes:
    return b"startxref\n%d\n%%%%EOF\n" % at
