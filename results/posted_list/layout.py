"""Posted lists made into files, stamped, or laid out by WeasyPrint whole.

Other processes unpickle this before Django is set up there.
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
    """How a print run makes posted lists, one a file.

    The content of each is what `content` wrote. `design` is a digest of all that is the same on
    every list.
    """

    design: str
    pages: None = None

    def prepare(self) -> None:
        """Set Django up, for the templates and the settings of this process."""
        if not apps.ready:
            django.setup()

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Nothing: lists are few."""

    def write(self, file: PrintFile, path: Path) -> int:
        from results.posted_list import posted_list

        (one,) = file.documents
        layouts = posted_list.press().layouts
        pdf, stamped = posted_list.made(posted_list.sheet_of(_posted(one.content)))
        replace(path, pdf)
        if posted_list.press().layouts > layouts or not stamped:
            gc.collect()  # WeasyPrint leaves knots of objects
        return 0 if stamped else 1


def content(posted: Any) -> str:
    """All that a list is made from, as text."""
    values = {**posted.__dict__, "released_at": posted.released_at.isoformat()}
    return json.dumps(values, ensure_ascii=False)


def _posted(text: str) -> Any:
    from results.posted_list.posted_list import PostedList

    values = json.loads(text)
    released_at = datetime.fromisoformat(values.pop("released_at"))
    return PostedList(**values, released_at=released_at)
