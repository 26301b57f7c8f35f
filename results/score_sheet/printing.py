"""Printing of score sheets by the thousand, for the mailing of a session."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from candidates.models import Session
from candidates.names.sorting import display_name
from candidates.postal.address import Address
from candidates.values import beyond_latin
from results.document.contents import PlainDocument
from results.document.edition import edition
from results.models import ISSUED_AT, PublishedResult
from results.rules import WITHOUT_SHEET
from results.score_sheet import sheet as score_sheet
from results.score_sheet.layout import StampedLayout, content
from results_portal.printing import run as print_run

COLUMNS = ("numero", "nom", "code_postal")
PREFIX = "releves"
WITHOUT_ADDRESS = "sans-adresse"
_PLACE = ("address1", "address2", "address3", "city")
_NOWHERE = Q(**{f"entry__candidate__{name}": "" for name in _PLACE})
_POSTCODE = re.compile(r"\d{5}(?= )")


class Printed(NamedTuple):
    """A score sheet to print: candidate number, whole document, verification code.

    `address` replaces the one of the document.
    """

    number: str
    document: PlainDocument
    code: UUID
    address: Sequence[str] | None = None


def print_score_sheets(
    documents: Iterable[Printed],
    directory: str | Path,
    *,
    run: str = "",
    batch_size: int = 100,
    one_file_each: bool = False,
    processes: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> print_run.PrintReport:
    """Print the sheets of these documents, in that order.

    Those without an address cannot be mailed: they are set apart, in files of their own. Withheld
    results have no sheet: they are left out of files, index and count. `to_check` of the report
    are the sheets with characters that their fonts may lack. For the rest see
    `print_run.print_documents`.
    """
    to_check: list[str] = []
    report = print_run.print_documents(
        _sheets(documents, to_check),
        directory,
        run=run,
        layout=StampedLayout(score_sheet.design(), pages=score_sheet.PAGES),
        columns=COLUMNS,
        prefix=PREFIX,
        batch_size=batch_size,
        one_file_each=one_file_each,
        processes=processes,
        progress=progress,
    )
    report.to_check = to_check
    return report


def open_score_sheets(
    session: Session, *, numbers: Sequence[str] | None = None
) -> QuerySet[PublishedResult]:
    """Return the results of `session` with a score sheet: by postcode, abroad, without address.

    Open, neither withheld nor deferred, each in its last round and revision; of all candidates, or
    of some by number.
    """
    results = (
        PublishedResult.objects.current()
        .filter(release__session=session)
        .exclude(verdict__in=WITHOUT_SHEET)
        .select_related("entry__candidate")
        .annotate(abroad=~Q(entry__candidate__country__iexact="FRANCE"))
        .annotate(nowhere=_NOWHERE)
        .order_by("nowhere", "abroad", "entry__candidate__postcode", "sort_key", "pk")
    )
    return results if numbers is None else results.filter(entry__number__in=numbers)


def to_print(results: QuerySet[PublishedResult]) -> Iterator[Printed]:
    """Yield the sheets of `results`, each with the candidate's address of today."""
    names = [field.name for field in fields(Address)]
    rows = results.values_list(
        *("entry__number", "verification_code", "document", "revision", ISSUED_AT, "reason"),
        *(f"entry__candidate__{name}" for name in names),
    )
    for row in rows.iterator(chunk_size=500):
        number, code, document, revision, issued_at, reason, *values = row
        document |= edition(revision=revision, issued_at=issued_at, reason=reason)
        address = Address(**dict(zip(names, values, strict=True)))
        yield Printed(number, document, code, address.lines if _is_known(address) else [])


def _is_known(address: Address) -> bool:
    return any(getattr(address, name) for name in _PLACE)


def _sheets(documents: Iterable[Printed], to_check: list[str]) -> Iterator[print_run.PrintDocument]:
    for number, document, code, address in documents:
        if document["verdict"] in WITHOUT_SHEET:
            continue
        candidate = document["candidate"]
        name = display_name(
            candidate["usage_name"] or candidate["birth_name"], candidate["given_names"]
        )
        lines = candidate["address"] if address is None else address
        sheet = content(document, code=code, address=address)
        if beyond_latin("".join((name, candidate["birth_name"], *lines))):
            to_check.append(number)
        apart = "" if lines else WITHOUT_ADDRESS
        yield print_run.PrintDocument(number, sheet, (number, name, _postcode(lines)), apart)


def _postcode(lines):
    found = lines and _POSTCODE.match(lines[-1])
    return found[0] if found else ""
