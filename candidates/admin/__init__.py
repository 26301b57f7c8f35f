"""Admin pages about candidates; importing a module registers its pages."""

from candidates.admin import people, requests, waits

__all__ = ["people", "requests", "waits"]
