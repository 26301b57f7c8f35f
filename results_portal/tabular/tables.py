"""Tables for the office's own programs: CSV or XLSX, by the name of the file."""

import csv
import itertools
import os
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from results_portal.tabular.private_file import BOM, private_file

CSV, XLSX = ".csv", ".xlsx"
MOST_ROWS = 1_048_575  # of a sheet, without its header
_EVERY = 2000  # rows between two notes of the progress
_FORMULA = re.compile(r"^[=+\-@\t\r]")

Row = Sequence[str | int]


def write_table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Row],
    *,
    numbers: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write `rows` under `header` into a file for its owner alone; return how many they are.

    Rows are written as they come. No cell is a formula: XLSX says that it is text, CSV begins what
    a spreadsheet would take for one with an apostrophe. Of the columns named in `numbers`, XLSX
    holds numbers. `progress(done)` is called now and then.
    """
    counter = itertools.count()

    def noted() -> Iterable[Row]:
        for row in rows:
            done = next(counter)
            if progress and done % _EVERY == 0:
                progress(done)
            yield row

    if path.suffix == XLSX:
        _write_xlsx(path, header, noted(), [name in numbers for name in header])
    else:
        _write_csv(path, header, noted())
    return next(counter)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with private_file(path) as file:
        write_csv(file, header, rows)


def write_csv(file: Any, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a table as CSV to `file`, which has a method `write`; no cell is a formula."""
    file.write(BOM)
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_FORMULA.sub(r"'\g<0>", str(cell)) for cell in row] for row in rows)


def _write_xlsx(
    path: Path, header: Sequence[str], rows: Iterable[Row], numeric: Sequence[bool]
) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([_cell(sheet, name) for name in header])
    for row in rows:
        cells = zip(row, numeric, strict=True)
        sheet.append([_number(v) if is_number else _cell(sheet, v) for v, is_number in cells])
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        book.save(file)


def _number(text: str | int) -> Decimal | None:
    return Decimal(str(text).replace(",", ".")) if text != "" else None


def _cell(sheet: Any, value: str | int) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    return cell
