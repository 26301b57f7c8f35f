"""Program that makes pictures of a file from outside: `sandbox` runs it in a process of its own.

It reads the file on its standard input, a PDF, JPEG or PNG, and writes a ZIP of JPEG pictures on
its standard output, one for each page. Called with `codes`, it writes the QR codes that it
sees on a photograph, as a JSON list. It imports nothing of the portal, and its libraries
only once its limits are set. Its exit status is 0 or a `Refusal`; it may also be killed by a limit.
"""

import io
import json
import os
import resource
import signal
import sys
import zipfile
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.Image import Image

MEMORY = 600 << 20  # bytes of address space
CPU_SECONDS, SECONDS = 5, 12
MOST_WRITTEN = 16 << 20  # bytes
MOST_PAGES = 10
MOST_PIXELS = 60_000_000  # of a photograph: 20 megapixels are usual
LONGEST_SIDE = 2000  # pixels of a picture: an A4 page at 170 dpi
CODES = "codes"  # the word that asks for them
_QUALITY = 80
_NICENESS = 15  # visitors come first


class Refusal(IntEnum):
    """Exit statuses, apart from those of Python itself (1 and 2)."""

    DAMAGED = 10
    LOCKED = 11
    TOO_MANY_PAGES = 12
    TOO_MANY_PIXELS = 13
    TOO_HEAVY = 14


def main() -> None:
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, MOST_WRITTEN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)  # neither processes nor threads; root is not held by it
    signal.alarm(SECONDS)
    os.nice(_NICENESS)
    codes = sys.argv[1:] == [CODES]
    _import()
    if codes:
        _codes(_blank())
    _limit(resource.RLIMIT_NOFILE, 0)  # those that are open stay open, and no other is opened
    content = sys.stdin.buffer.read()
    try:
        if codes:
            json.dump(_codes(content), sys.stdout)
            return
        pictures = _pages(content) if content.startswith(b"%PDF-") else [_photograph(content)]
        with zipfile.ZipFile(sys.stdout.buffer, "w") as written:
            for number, picture in enumerate(pictures, 1):
                output = io.BytesIO()
                picture.save(output, "JPEG", quality=_QUALITY)
                written.writestr(f"{number}.jpg", output.getvalue())
    except MemoryError:
        sys.exit(Refusal.TOO_HEAVY)


def _import() -> None:
    """Import all that is needed, while files may be opened: the libraries do it as they go."""
    import PIL.MpoImagePlugin
    import PIL.PngImagePlugin  # noqa: F401
    import pypdfium2  # noqa: F401

    _photograph(_blank())


def _blank() -> bytes:
    from PIL import Image

    output = io.BytesIO()
    Image.new("RGB", (8, 8)).save(output, "JPEG")
    return output.getvalue()


def _limit(which: int, most: int) -> None:
    resource.setrlimit(which, (most, most))


def _pages(content: bytes) -> "Iterator[Image]":
    """Yield the pictures of the pages of a PDF; nothing in it is run."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if pages > MOST_PAGES:
            sys.exit(Refusal.TOO_MANY_PAGES)
        if not pages:
            sys.exit(Refusal.DAMAGED)
        document.init_forms()  # to draw what was filled in
        for page in document:
            scale = LONGEST_SIDE / max(page.get_size())
            yield page.render(scale=scale).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as problem:
        locked = getattr(problem, "err_code", None) == raw.FPDF_ERR_PASSWORD
        sys.exit(Refusal.LOCKED if locked else Refusal.DAMAGED)


def _codes(content: bytes) -> list[str]:
    """Return the texts of the QR codes on a photograph, read at the size that it was taken."""
    import zxingcpp

    picture = _opened(content, _as_taken)
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(picture, formats=formats)
    return list(dict.fromkeys(code.text for code in found))


def _as_taken(image: "Image") -> "Image":
    image.draft("L", image.size)
    return image.convert("L")


def _photograph(content: bytes) -> "Image":
    """Return a JPEG or PNG as a picture, upright and without what else the file says."""
    from PIL import Image

    upright = _opened(content, _upright)
    if upright.mode in {"RGBA", "LA", "P", "PA"}:
        transparent = upright.convert("RGBA")
        upright = Image.new("RGB", upright.size, "white")
        upright.paste(transparent, mask=transparent)
    return upright.convert("RGB")


def _upright(image: "Image") -> "Image":
    from PIL import ImageOps

    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(image)


def _opened(content: bytes, use: "Callable[[Image], Image]") -> "Image":
    """Return what `use` makes of the image of a JPEG or PNG."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # counted here
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                sys.exit(Refusal.TOO_MANY_PIXELS)
            return use(image)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError):
        sys.exit(Refusal.DAMAGED)  # Pillow raises whatever a file makes it stumble over


if __name__ == "__main__":
    main()
