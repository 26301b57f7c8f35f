"""Imports of schools and entries."""

from candidates.imports.entry_checks import Announced
from candidates.imports.entry_import import import_entries
from candidates.imports.school_import import import_schools

__all__ = ["Announced", "import_entries", "import_schools"]
