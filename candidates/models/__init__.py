"""The tables of candidates, one module for each subject."""

from candidates.models.file_imports import FileImport, WrittenRow
from candidates.models.jobs import Job
from candidates.models.messages import Circular, Message, MessageChoices
from candidates.models.people import Candidate, Entry, EntryQuerySet, FailedIdentification
from candidates.models.proposals import Proposal
from candidates.models.reference import Academy, School, Session, Speciality
from candidates.models.requests import AddressChange, IdentityRequest, ReDispatch
from candidates.models.school_heads import SchoolHead
from candidates.models.trail import Account, CommandRun, Membership, Reading, SecondFactor

__all__ = [
    "Academy",
    "Account",
    "AddressChange",
    "Candidate",
    "Circular",
    "CommandRun",
    "Entry",
    "EntryQuerySet",
    "FailedIdentification",
    "FileImport",
    "IdentityRequest",
    "Job",
    "Membership",
    "Message",
    "MessageChoices",
    "Proposal",
    "ReDispatch",
    "Reading",
    "School",
    "SchoolHead",
    "SecondFactor",
    "Session",
    "Speciality",
    "WrittenRow",
]
