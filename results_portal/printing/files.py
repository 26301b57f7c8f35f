"""The documents of a print run, and how they are made into files."""

import gc
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import weasyprint

from results_portal.documents import html_to_pdf


class Unprintable(Exception):
    """A document does not fit its pages; the message names it and says how many it takes."""


@dataclass(frozen=True)
class PrintDocument:
    """One document to print: its name, what the layout makes it from, its cells in the index."""

    name: str
    content: str
    cells: tuple[str, ...]


class PrintLayout(Protocol):
    """How the documents of a run are made; its `repr` says all that they depend on.

    It goes to other processes: `prepare` is called first in each, then `learn` in the one that the
    others are forked from. `pages` are those of a document.
    """

    @property
    def pages(self) -> int | None: ...

    def prepare(self) -> None: ...

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Keep at hand what documents like these need."""

    def write(self, file: "PrintFile", path: Path) -> int:
        """Write a file; return how many of its documents were made the long way."""


@dataclass(frozen=True)
class HtmlPrintLayout:
    """Documents that are HTML, each laid out by WeasyPrint: see `pdf.to_pdf`."""

    css: str
    pages: int | None = None
    static: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Needs nothing: neither Django nor its settings."""

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Nothing: each document is laid out anew."""

    def write(self, file: "PrintFile", path: Path) -> int:
        made = [self._laid_out(document, tagged=not file.joined) for document in file.documents]
        replace(path, html_to_pdf.joined(made) if file.joined else made[0])
        gc.collect()
        return 0

    def _laid_out(self, document: PrintDocument, *, tagged: bool) -> bytes:
        try:
            return html_to_pdf.to_pdf(
                document.content,
                css=self.css,
                static=self.static,
                pages=self.pages,
                tagged=tagged,
            )
        except html_to_pdf.WrongPageCount as problem:
            raise Unprintable(f"{document.name}: {problem}") from None


@dataclass(frozen=True)
class PrintFile:
    """One file of a run: its name and its documents. Tagged when it holds a single one."""

    name: str
    documents: list[PrintDocument]
    joined: bool

    def digest(self, layout: PrintLayout) -> str:
        content = hashlib.sha256(f"{weasyprint.__version__}{self.joined}{layout}".encode())
        for document in self.documents:
            content.update(document.content.encode())
        return content.hexdigest()


def replace(path: Path, content: bytes) -> None:
    """Write a file whole: whoever reads it meets the former one, or this one."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
