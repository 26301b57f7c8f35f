"""The door to loading files of schools and entries."""

from candidates.entry_checks import Announced
from candidates.entry_import import import_entries
from candidates.school_import import import_schools

__all__ = ["Announced", "import_entries", "import_schools"]
