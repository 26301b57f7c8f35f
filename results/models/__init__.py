"""The tables of results, one module for each subject."""

from results.models.marks import ROUNDS, Decision, JuryDecision, Mark, Verdict
from results.models.publication import (
    DocumentPart,
    ListChange,
    PublishedResult,
    PublishedResultQuerySet,
    Release,
    ReleaseQuerySet,
    SealedScoreSheet,
)
from results.models.regulations import Regulation, Test

__all__ = [
    "ROUNDS",
    "Decision",
    "DocumentPart",
    "JuryDecision",
    "ListChange",
    "Mark",
    "PublishedResult",
    "PublishedResultQuerySet",
    "Regulation",
    "Release",
    "ReleaseQuerySet",
    "SealedScoreSheet",
    "Test",
    "Verdict",
]
