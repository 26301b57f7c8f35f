"""The documents of a print run, and how they are written to files."""

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
    """Raised when a document does not fit its pages; the message names it and how many it takes."""


@dataclass(frozen=True)
class PrintDocument:
    """A document to print: its name, the input of the layout, and its cells in the index.

    Documents that are set `apart`, for a reason named by this word, are joined into files of their
    own: `releves-sans-adresse-0001.pdf`.
    """

    name: str
    content: str
    cells: tuple[str, ...]
    apart: str = ""


class PrintLayout(Protocol):
    """Interface of what turns the documents of a run into files.

    Its `repr` contains all that the files depend on. It is pickled to other processes: `prepare`
    is called first in each, then `learn` in the one that the others are forked from. `pages` is
    the number of pages of each document, if all have the same.
    """

    @property
    def pages(self) -> int | None: ...

    def prepare(self) -> None: ...

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Cache what documents like these need."""

    def write(self, file: "PrintFile", path: Path) -> int:
        """Write a file and return how many of its documents WeasyPrint laid out one by one."""


@dataclass(frozen=True)
class HtmlPrintLayout:
    """Layout of documents in HTML by WeasyPrint: see `html_to_pdf.to_pdf`."""

    css: str
    pages: int | None = None
    static: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Do nothing: neither Django nor its settings are needed."""

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Do nothing: each document is laid out by itself."""

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
    """A file of a run: its name and its documents. A file of a single document is tagged."""

    name: str
    documents: list[PrintDocument]
    joined: bool

    def digest(self, layout: PrintLayout) -> str:
        """Return a digest of all that the file depends on."""
        content = hashlib.sha256(f"{weasyprint.__version__}{self.joined}{layout}".encode())
        for document in self.documents:
            content.update(document.content.encode())
        return content.hexdigest()


def replace(path: Path, content: bytes) -> None:
    """Write a file atomically: a reader sees the former content or the new one."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
