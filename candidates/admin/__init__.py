"""Admin pages about candidates; importing a module registers its pages."""

from candidates.admin import (
    accounts,
    file_imports,
    identities,
    jobs,
    journal,
    people,
    requests,
    waits,
)

__all__ = [
    "accounts",
    "file_imports",
    "identities",
    "jobs",
    "journal",
    "people",
    "requests",
    "waits",
]
