"""Layout of posted lists into files: stamped, or laid out whole by WeasyPrint.

Worker processes unpickle this before Django is set up.
"""

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps

from results_portal.printing.files import PrintDocument, PrintFile, replace


@dataclass(frozen=True)
class ListLayout:
    """Layout of a print run of posted lists, one for each file, from their `content`.

    `design`: a digest of everything that is the same on every list.
    """

    design: str
    pages: None = None

    def prepare(self) -> None:
        """Set up Django in this process, for templates and settings."""
        if not apps.ready:
            django.setup()

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Do nothing: lists are few."""

    def write(self, file: PrintFile, path: Path) -> int:
        from results.posted_list import posted_list

        (one,) = file.documents
        layouts = posted_list.press().layouts
        pdf, stamped = posted_list.made(posted_list.sheet_of(_posted(one.content)))
        replace(path, pdf)
        if posted_list.press().layouts > layouts or not stamped:
            gc.collect()  # WeasyPrint leaves cycles of objects
        return 0 if stamped else 1


def content(posted: Any) -> str:
    """Return everything that a list is made from, as text."""
    values = {**posted.__dict__, "released_at": posted.released_at.isoformat()}
    return json.dumps(values, ensure_ascii=False)


def _posted(text: str) -> Any:
    from results.posted_list.posted_list import PostedList

    values = json.loads(text)
    released_at = datetime.fromisoformat(values.pop("released_at"))
    return PostedList(**values, released_at=released_at)
