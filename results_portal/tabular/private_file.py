"""Files that commands write for the office alone: codes, verdicts before their hour."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

BOM = "\ufeff"  # written first, it has spreadsheets read UTF-8


@contextmanager
def private_file(path: Path | str) -> Iterator[TextIO]:
    """Write a text file that its owner alone may read. It has its name once it is whole.

    Raises OSError; a former file then stays as it was.
    """
    path = Path(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
            "w",
            encoding="utf-8",
            newline="",
        ) as file:
            yield file
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
