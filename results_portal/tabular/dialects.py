"""Detection of what a file is, whatever its name: a workbook, or text in some encoding."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from results_portal.tabular.errors import ErrorLog
from results_portal.tabular.latin_9 import LATIN_9, cell_at, first_letter_of_latin_9
from results_portal.tabular.lost_letters import badly_converted

MAX_BYTES = 400 * 1024 * 1024
MAX_LINE = 1024 * 1024
_BLOCK = 1024 * 1024
_MAX_UNZIPPED = 2 * 1024**3
_MAX_SHARED_STRINGS = 300 * 1024**2

_OTHER_FILES = [
    (b"%PDF", gettext_noop("un PDF")),
    (b"\x89PNG", gettext_noop("une image PNG")),
    (b"\xff\xd8\xff", gettext_noop("une image JPEG")),
    (b"GIF8", gettext_noop("une image GIF")),
    (b"\x1f\x8b", gettext_noop("une archive gzip")),
    (b"7z\xbc\xaf", gettext_noop("une archive 7z")),
    (b"Rar!", gettext_noop("une archive RAR")),
    (b"{\\rtf", gettext_noop("un document RTF")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("un ancien classeur .xls ou un document Office 97")),
    (b"<", gettext_noop("une page HTML ou XML")),
]
_CONTENTS = "xl/workbook.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"  # namespaces of a variant that openpyxl cannot read
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Bytes that are no sign in Windows-1252, or a sign where no French word has it: the file is then
# from a Macintosh or from DOS. Signs beside letters are refused cell by cell (lost_letters.py).
_NOT_WINDOWS_1252 = re.compile(
    rb"[\x81\x8d\x8f\x90\x9d]"  # nothing
    rb"|[A-Za-z][\x91\x94-\x97][a-z]"  # a quotation mark or a dash within a word: No‘l, Beno”t
    rb"|[a-z][\xc0-\xd6\xd8-\xde]"  # a capital after a small letter: CÏur
    rb"|[A-Z][\xe5\xe6][A-Z]|\xce[Uu]"  # HæTRE, CÎUR
)
# Ž in ISO-8859-15, an accent in Windows-1252: DŽEKO, or D´ANGELO.
_LETTER_OR_APOSTROPHE = re.compile(rb"[A-Za-z\xc0-\xff]\xb4[A-Za-z\xc0-\xff]")
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]|\xc5[\x92\x93]")


@dataclass(frozen=True)
class Source:
    """A readable file: a text in some encoding, or a workbook."""

    path: Path
    size: int
    encoding: str | None = None
    ends_with_newline: bool = True

    @property
    def is_workbook(self):
        return self.encoding is None


@dataclass
class _Scan:
    """The findings of one pass over the bytes of a text: the first offset of each, or None."""

    nul: int | None = None
    giant_line: int | None = None
    not_utf8: int | None = None
    blank: bool = True


def recognise(path, *, log: ErrorLog, max_bytes=MAX_BYTES):
    """Return the `Source` at `path`, or None after logging why it cannot be read."""
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError as problem:
        return _refuse(log, _("fichier illisible (%(why)s)") % {"why": problem.strerror})
    if size > max_bytes:
        return _refuse(log, _too_big(size, max_bytes))
    if start.startswith(b"PK\x03\x04"):
        return _workbook(path, size, log)
    for magic, name in _OTHER_FILES:
        if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(magic):
            return _refuse(log, _("c’est %(kind)s : CSV ou .xlsx attendu") % {"kind": _(name)})
    return _text(path, size, _utf16(start), log)


def _refuse(log, message, line=1):
    log.add(line, _("fichier"), "", message)


def _too_big(size, max_bytes):
    return _("fichier trop gros : %(size)s Mo, %(most)s Mo au plus (voir --max-size)") % {
        "size": round(size / 1024**2),
        "most": round(max_bytes / 1024**2),
    }


def _workbook(path, size, log):
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
            declares_entities = any(
                b"<!DOCTYPE" in archive.open(name).read(1024)
                for name in parts
                if name.startswith("xl/") and name.endswith(".xml")
            )
            start = archive.open(_CONTENTS).read(4096) if _CONTENTS in parts else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return _refuse(log, _("classeur abîmé ou protégé : impossible de l’ouvrir"))
    if _CONTENTS not in parts:
        return _refuse(log, _("c’est une archive ou un autre document : CSV ou .xlsx attendu"))
    if _STRICT in start:
        message = _(
            "classeur « Open XML Strict » : enregistrez-le en « Classeur Excel (.xlsx) » ou en CSV"
        )
        return _refuse(log, message)
    if (
        declares_entities
        or sum(parts.values()) > _MAX_UNZIPPED
        or parts.get("xl/sharedStrings.xml", 0) > _MAX_SHARED_STRINGS
    ):
        return _refuse(log, _("classeur démesuré une fois décompressé : enregistrez-le en CSV"))
    return Source(path, size)


def _text(path, size, utf16, log):
    scan = _scan(path, utf16=bool(utf16))
    if scan.blank:
        return _refuse(log, _("fichier vide"))
    if scan.giant_line is not None:
        message = _("ligne de plus de %(n)s Mo : ce n’est pas un fichier de données")
        return _refuse(log, message % {"n": MAX_LINE // 1024**2}, _line(path, scan.giant_line))
    if scan.nul is not None:
        message = _("octet nul : fichier abîmé ou binaire")
        return _refuse(log, message, _line(path, scan.nul))
    encoding = utf16 or _encoding(path, scan, log)
    return encoding and Source(path, size, encoding, _ends_with_newline(path))


def _ends_with_newline(path):
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read(1) in b"\r\n\0"


def _encoding(path, scan, log):
    if scan.not_utf8 is None:
        return "utf-8-sig"
    if _first(path, _UTF8_LETTER) is not None:
        message = _("deux encodages mélangés : exportez de nouveau le fichier en UTF-8")
        return _refuse(log, message, _line(path, scan.not_utf8))
    if (strange := _first(path, _NOT_WINDOWS_1252)) is not None:
        message = _("encodage inconnu (ni UTF-8 ni Windows-1252) : exportez le fichier en UTF-8")
        log.add(_line(path, strange), _("fichier"), cell_at(path, strange, "cp1252"), message)
        return None
    if (letter := first_letter_of_latin_9(path)) is not None:
        message = _("lu en ISO-8859-15 : « %(cell)s »") % {"cell": cell_at(path, letter, LATIN_9)}
        log.warn(_line(path, letter), _("fichier"), message)
        return LATIN_9
    if (doubtful := _first(path, _LETTER_OR_APOSTROPHE)) is not None:
        message = badly_converted("´").in_a_file
        log.add(_line(path, doubtful), _("fichier"), cell_at(path, doubtful, "cp1252"), message)
        return None
    return "cp1252"


def _first(path, pattern):
    """Return the offset of the first match of `pattern` in the bytes of a file, or None."""
    offset = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if not block.isascii() and (match := pattern.search(block)):
                return offset + match.start()
            offset += len(block)
    return None


def _utf16(start):
    if start[:2] in _UTF16:
        return _UTF16[start[:2]]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if len(start) >= 16 and max(even, odd) > len(start) // 3:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _scan(path, *, utf16):
    scan, offset, since_newline = _Scan(), 0, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            since_newline = _longest(block, since_newline, scan, offset)
            scan.blank = scan.blank and not block.strip(b" \t\r\n\0\xff\xfe\xef\xbb\xbf")
            if not utf16:
                _look_at_bytes(block, offset, scan)
                if scan.not_utf8 is None:
                    _decode(decoder, block, offset, scan)
            offset += len(block)
    if not utf16 and scan.not_utf8 is None:
        _decode(decoder, b"", offset, scan, final=True)
    return scan


def _longest(block, since_newline, scan, offset):
    newline = b"\n" if b"\n" in block else b"\r"
    first = block.find(newline)
    run = since_newline + (first if first >= 0 else len(block))
    if run > MAX_LINE and scan.giant_line is None:
        scan.giant_line = offset
    return run if first < 0 else len(block) - block.rfind(newline)


def _decode(decoder, block, offset, scan, *, final=False):
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as problem:
        scan.not_utf8 = max(0, offset - pending + problem.start)


def _look_at_bytes(block, offset, scan):
    if scan.nul is None and (at := block.find(b"\0")) >= 0:
        scan.nul = offset + at


def _line(path, offset):
    """Return the physical line of the byte at `offset`, whatever ends the lines."""
    lines, previous = 1, b""
    with path.open("rb") as stream:
        while offset > 0 and (block := stream.read(min(_BLOCK, offset))):
            offset -= len(block)
            ends = block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            lines += ends - (previous == b"\r" and block.startswith(b"\n"))
            previous = block[-1:]
    return lines
