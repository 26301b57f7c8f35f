"""The demo of the tests."""

import io
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

FEW = 120  # entries: the cast, and some more


@dataclass(frozen=True)
class LoadedDemo:
    """A database with the demo in it, the files that it was loaded from, and what was printed."""

    database: str
    files: Path
    printed: str


def run_demo(**options):
    """Run the command `demo`, and return what it printed."""
    out = io.StringIO()
    call_command("demo", entries=FEW, stdout=out, stderr=io.StringIO(), verbosity=0, **options)
    return out.getvalue()
