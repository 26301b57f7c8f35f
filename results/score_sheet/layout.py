"""Layout of score sheets into print files: stamped, or laid out by WeasyPrint one by one.

Worker processes unpickle this before Django is set up, so modules with models are imported later.
"""

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import django
from django.apps import apps

from results.document.contents import PlainDocument
from results_portal.documents import html_to_pdf
from results_portal.printing import files as print_layout
from results_portal.printing.files import PrintFile, Unprintable, replace
from results_portal.stamping.pages import StampedPage
from results_portal.stamping.press import Press, StripDocument
from results_portal.stamping.print_file import print_file

_LAYOUTS_TO_COLLECT = 8


@dataclass(frozen=True)
class StampedLayout:
    """Layout of a print run of score sheets, of `pages` pages each, from their `content`.

    `design`: a digest of everything that is the same on every sheet.
    """

    design: str
    pages: int

    def prepare(self) -> None:
        """Set up Django in this process, for templates and settings."""
        if not apps.ready:
            django.setup()

    def learn(self, examples: Sequence[print_layout.PrintDocument]) -> None:
        """Learn fonts and strips from example sheets."""
        from results.score_sheet import sheet as score_sheet

        score_sheet.all_stamped([_sheet(one.content) for one in examples])

    def write(self, file: PrintFile, path: Path) -> int:
        from results.score_sheet import sheet as score_sheet

        press = score_sheet.press()
        layouts = press.layouts // _LAYOUTS_TO_COLLECT
        sheets = [_sheet(one.content) for one in file.documents]
        drawn = score_sheet.all_stamped(sheets)
        parts = [
            _laid_out(one.name, sheet, tagged=not file.joined) if pages is None else pages
            for one, sheet, pages in zip(file.documents, sheets, drawn, strict=True)
        ]
        replace(path, _joined(press, parts) if file.joined else _alone(press, sheets[0], parts[0]))
        if None in drawn or press.layouts // _LAYOUTS_TO_COLLECT > layouts:
            gc.collect()  # WeasyPrint leaves cycles of objects
            gc.freeze()  # later collections skip what is kept
        return drawn.count(None)


def content(document: PlainDocument, *, code: UUID, address: Sequence[str] | None) -> str:
    """Return everything that a sheet is made from, as text."""
    return json.dumps([document, str(code), address])


def _sheet(text: str) -> StripDocument:
    from results.score_sheet import sheet as score_sheet

    document, code, address = json.loads(text)
    return score_sheet.score_sheet(document, code=UUID(code), address=address)


def _joined(press: Press, parts: list[bytes | list[StampedPage]]) -> bytes:
    """Return one file of all the sheets."""
    files: list[bytes] = []
    stamped: list[StampedPage] = []
    for part in [*parts, b""]:
        if isinstance(part, list):
            stamped += part
            continue
        if stamped:
            files.append(print_file(stamped, book=press.latin))
            stamped = []
        files += [part] if part else []
    return files[0] if len(files) == 1 else html_to_pdf.joined(files)


def _alone(press: Press, sheet: StripDocument, part: bytes | list[StampedPage]) -> bytes:
    return part if isinstance(part, bytes) else press.tagged(sheet, part)


def _laid_out(name: str, sheet: StripDocument, *, tagged: bool) -> bytes:
    from results.score_sheet import sheet as score_sheet

    try:
        return score_sheet.laid_out(sheet, tagged=tagged)
    except html_to_pdf.WrongPageCount as problem:
        raise Unprintable(f"{name}: {problem}") from None
