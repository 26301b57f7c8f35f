"""The tables of results, one module for each subject."""

from results.models.figures import PublicFigure
from results.models.marks import (
    ROUNDS,
    VERDICT_CHOICES,
    VERDICT_LABELS,
    Decision,
    JuryDecision,
    Mark,
    verdict_in_words,
)
from results.models.publication import (
    ISSUED_AT,
    NEUTRAL_REASON,
    DocumentPart,
    ListEdition,
    PublishedResult,
    PublishedResultQuerySet,
    Release,
    ReleaseQuerySet,
    SealedScoreSheet,
)
from results.models.regulations import Regulation, Test
from results.models.sittings import ExaminedBooklet, JurySitting
from results.rules import Verdict

__all__ = [
    "ISSUED_AT",
    "NEUTRAL_REASON",
    "ROUNDS",
    "VERDICT_CHOICES",
    "VERDICT_LABELS",
    "Decision",
    "DocumentPart",
    "ExaminedBooklet",
    "JuryDecision",
    "JurySitting",
    "ListEdition",
    "Mark",
    "PublicFigure",
    "PublishedResult",
    "PublishedResultQuerySet",
    "Regulation",
    "Release",
    "ReleaseQuerySet",
    "SealedScoreSheet",
    "Test",
    "Verdict",
    "verdict_in_words",
]
