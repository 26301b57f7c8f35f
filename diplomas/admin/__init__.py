"""Admin pages about diplomas; importing a module registers its pages."""

from diplomas.admin import attestations, batches, custody, revocations

__all__ = ["attestations", "batches", "custody", "revocations"]
