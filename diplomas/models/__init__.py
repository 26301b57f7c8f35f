"""The tables of diplomas, one module for each subject."""

from diplomas.models.attestations import Attestation, AttestationRequest
from diplomas.models.dispatch import (
    AT_STAGE,
    CustodyEvent,
    Diploma,
    DiplomaState,
    DispatchBatch,
    EventKind,
    Route,
)
from diplomas.models.verification import Revocation, VerificationOpening

__all__ = [
    "AT_STAGE",
    "Attestation",
    "AttestationRequest",
    "CustodyEvent",
    "Diploma",
    "DiplomaState",
    "DispatchBatch",
    "EventKind",
    "Revocation",
    "Route",
    "VerificationOpening",
]
