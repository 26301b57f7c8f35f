"""Dossier of an entry: the jury decides on it, and the document is built from it."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from results.rules import EVERYTHING, Enrolment, MarkTaken


class Identity(NamedTuple):
    """Fields of an entry that a document shows, as texts: dates are ISO, null and false are ""."""

    number: str
    status: str
    form: str
    posting_place: str
    web_consent: str
    school_id: str
    academy_id: str
    ine: str
    birth_name: str
    usage_name: str
    given_names: str
    birth_date: str
    birth_place: str
    address1: str
    address2: str
    address3: str
    postcode: str
    city: str
    country: str


class Dossier(NamedTuple):
    """One entry with its marks; `jury_points` are None where the jury did not raise it.

    `called`: whether the decision of the first round called it to the second. `decided`: its last
    decision in this round as `decision_text` has it; "" without one. `enrolment`: what the entry
    has entered. `subjects`: names that tests have for it, by their codes.
    """

    entry_id: int | str
    speciality_id: int
    withheld: bool
    called: bool
    jury_points: Decimal | None
    marks: list[MarkTaken]
    identity: Identity | None = None
    decided: str = ""
    enrolment: Enrolment = EVERYTHING
    subjects: Mapping[str, str] = MappingProxyType({})
