"""Admin pages about candidates; importing a module registers its pages."""

from candidates.admin import people, requests

__all__ = ["people", "requests"]
