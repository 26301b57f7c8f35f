"""Admin pages about candidates; importing a module registers its pages."""

from candidates.admin import accounts, people, requests, waits

__all__ = ["accounts", "people", "requests", "waits"]
