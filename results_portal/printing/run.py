"""Print runs: thousands of documents laid out in parallel and joined into files for the printer.

An interrupted run resumes: files finished from the same content are kept. Memory does not grow
with the number of documents.
"""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from results_portal.printing.files import PrintDocument, PrintFile, PrintLayout, replace
from results_portal.printing.workers import PrintWorkers

INDEX = "index.csv"
JOURNAL = "journal.jsonl"
_FEW = 30  # documents, that are printed before other processes have begun
_EXAMPLES = 500  # documents from which the processes learn what most others need


class OtherRun(Exception):
    """Raised when the directory holds the files of another run, named in the message."""


@dataclass
class PrintReport:
    """Report of a run: number of documents, and files written, kept and removed.

    `slow` is how many documents of the written files WeasyPrint laid out one by one. `apart` are
    the names of the documents that were set apart, `to_check` of those to look at before mailing.
    """

    documents: int = 0
    slow: int = 0
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    to_check: list[str] = field(default_factory=list)


def print_documents(
    documents: Iterable[PrintDocument],
    directory: str | Path,
    *,
    run: str,
    layout: PrintLayout,
    columns: Sequence[str],
    prefix: str,
    batch_size: int = 100,
    one_file_each: bool = False,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> PrintReport:
    """Print `documents` in order into `directory`: `prefix`-0001.pdf… and an index as CSV.

    `run` names what is printed: a directory is for one run only, and `OtherRun` is raised when it
    holds another. `columns` are the headers of the index for the cells of the documents.
    `one_file_each` gives each document a tagged file of its own, named after it. `progress` is
    called with the number of documents done. `processes`: by default one for each processor, and
    none for a few documents, which this one prints. Raises `Unprintable`; files finished by then
    stay.
    """
    directory = Path(directory)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    report = PrintReport()
    journal = _Journal(directory, run)

    def account(files: Iterable[PrintFile], names: list[str]) -> None:
        for file in files:
            names.append(file.name)
            report.documents += len(file.documents)
            if progress:
                progress(report.documents)

    files = _files(documents, prefix, 1 if one_file_each else batch_size, joined=not one_file_each)
    printers = _Printers(processes, directory, layout, journal)
    with _Index(directory, columns, layout.pages or 1) as index, printers:
        for file in files:
            index.add(file)
            report.apart += [document.name for document in file.documents if document.apart]
            if journal.has(file.name, file.digest(layout)):
                account([file], report.kept)
            else:
                account(printers.print(file), report.written)
        account(printers.finish(), report.written)
    report.written.sort()
    report.slow = printers.slow
    report.removed = journal.forget_all_but({*report.written, *report.kept})
    return report


def _files(
    documents: Iterable[PrintDocument], prefix: str, size: int, *, joined: bool
) -> Iterator[PrintFile]:
    numbers: Counter[str] = Counter()
    for apart, together in groupby(documents, key=lambda document: document.apart):
        series = f"{prefix}-{apart}" if apart else prefix
        while batch := list(islice(together, size)):
            numbers[series] += 1
            name = f"{series}-{numbers[series]:04d}" if joined else f"{prefix}-{batch[0].name}"
            yield PrintFile(f"{name}.pdf", batch, joined)


class _Printers:
    """Scheduler of the files among processes, with a bounded number of files in memory."""

    def __init__(
        self, processes: int | None, directory: Path, layout: PrintLayout, journal: "_Journal"
    ) -> None:
        self._count = processes or os.cpu_count() or 1
        self._few = 0 if processes else _FEW
        self._directory, self._layout, self._journal = directory, layout, journal
        self._first: list[PrintFile] = []
        self._pending: dict[Future[int], PrintFile] = {}
        self.slow = 0

    def __enter__(self) -> None:
        self._workers: PrintWorkers | None = None
        self._threads = ThreadPoolExecutor(self._count)  # each waits for a process

    def __exit__(self, *_: Any) -> None:
        self._threads.shutdown(cancel_futures=True)
        if self._workers:
            self._workers.close()

    def print(self, file: PrintFile) -> list[PrintFile]:
        """Start printing `file`, and return those that have finished."""
        if self._count == 1:
            return [self._written_here(file)]
        if self._workers and not self._first:
            self._submit(file)
        else:
            self._first.append(file)
            waiting = sum(len(one.documents) for one in self._first)
            if self._workers is None and waiting > self._few:
                self._workers = PrintWorkers(self._count, self._layout)
            if waiting >= _EXAMPLES:
                self._begin()
        return self._collect(down_to=self._count)

    def finish(self) -> list[PrintFile]:
        if self._workers is None:
            return [self._written_here(file) for file in self._first]
        self._begin()
        return self._collect(down_to=0)

    def _begin(self) -> None:
        """Print the first files, after the processes have learned from them."""
        first, self._first = self._first, []
        if first and self._workers:
            self._workers.learn([document for file in first for document in file.documents])
        for file in first:
            self._submit(file)

    def _submit(self, file: PrintFile) -> None:
        if self._workers:
            arguments = file, self._directory / file.name
            self._pending[self._threads.submit(self._workers.write, *arguments)] = file

    def _collect(self, *, down_to: int) -> list[PrintFile]:
        files = []
        while len(self._pending) > down_to:
            done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
            for future in done:
                self.slow += future.result()
                files.append(self._finished(self._pending.pop(future)))
        return files

    def _written_here(self, file: PrintFile) -> PrintFile:
        self.slow += self._layout.write(file, self._directory / file.name)
        return self._finished(file)

    def _finished(self, file: PrintFile) -> PrintFile:
        self._journal.add(file.name, file.digest(self._layout))
        return file


class _Journal:
    """Journal of the finished files of a directory: a line each, with a digest of its input."""

    def __init__(self, directory: Path, run: str) -> None:
        self._directory, self._run = directory, run
        self._path = directory / JOURNAL
        self._finished: dict[str, tuple[str, int]] = {}
        if self._path.exists():
            self._read()
        else:
            self._write_line({"run": run})

    def has(self, name: str, digest: str) -> bool:
        path = self._directory / name
        return path.exists() and self._finished.get(name) == (digest, path.stat().st_size)

    def add(self, name: str, digest: str) -> None:
        size = (self._directory / name).stat().st_size
        self._finished[name] = digest, size
        self._write_line({"file": name, "digest": digest, "size": size})

    def forget_all_but(self, names: set[str]) -> list[str]:
        """Remove the files of this run that are no longer part of it, and return their names."""
        removed = sorted(self._finished.keys() - names)
        for name in removed:
            (self._directory / name).unlink(missing_ok=True)
            self._write_line({"file": name, "digest": "", "size": 0})
        return removed

    def _read(self) -> None:
        whole_lines = self._path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        first, *entries = map(json.loads, whole_lines or ["{}"])
        if first.get("run", self._run) != self._run:
            raise OtherRun(first["run"])
        for entry in entries:
            self._finished[entry["file"]] = entry["digest"], entry["size"]
        self._finished = {name: entry for name, entry in self._finished.items() if entry[0]}
        self._rewrite()

    def _rewrite(self) -> None:
        """Drop a line cut by an interruption, and entries that later lines removed."""
        lines: list[dict[str, Any]] = [{"run": self._run}]
        lines += [{"file": n, "digest": d, "size": s} for n, (d, s) in self._finished.items()]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        if text != self._path.read_text(encoding="utf-8"):
            replace(self._path, text.encode())

    def _write_line(self, entry: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry, ensure_ascii=False) + "\n")


class _Index:
    """Index of a run in CSV: file and page of each document. Replaced at the end if it differs."""

    def __init__(self, directory: Path, columns: Sequence[str], pages: int) -> None:
        self._path = directory / INDEX
        self._part = directory / f"{INDEX}.part"
        self._columns, self._pages, self._position = columns, pages, 0

    def __enter__(self) -> "_Index":
        self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=";")
        self._writer.writerow(["position", "fichier", "page", *self._columns])
        return self

    def add(self, file: PrintFile) -> None:
        for rank, document in enumerate(file.documents):
            self._position += 1
            page = 1 + rank * self._pages
            self._writer.writerow([self._position, file.name, page, *document.cells])

    def __exit__(self, failure: Any, *_: Any) -> None:
        self._file.close()
        if failure or (self._path.exists() and self._path.read_bytes() == self._part.read_bytes()):
            self._part.unlink()
        else:
            os.replace(self._part, self._path)
