"""Admin pages about candidates; importing a module registers its pages."""

from candidates.admin import accounts, jobs, people, requests, waits

__all__ = ["accounts", "jobs", "people", "requests", "waits"]
