"""Admin pages about results; importing a module registers its pages."""

from results.admin import entries, records, regulations, releases, sessions

__all__ = ["entries", "records", "regulations", "releases", "sessions"]
