"""The access codes of a session as a file, for its convocations (CSV)."""

import csv
from collections.abc import Callable
from typing import Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidates.editions.kinds import EditionKind, Made, Order
from candidates.identification import access_codes
from candidates.models import Entry, Session
from results_portal.tabular.private_file import BOM, private_file

HEADER = ["numero", "nom", "prenoms", "date_naissance", "code_acces"]
_EVERY = 2000  # entries


class _Text(Protocol):
    def write(self, text: str, /) -> object: ...


def write(
    session: Session, file: _Text, *, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write a line for each entry, by number; return how many codes only the office knows."""
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(HEADER)
    entries = Entry.objects.of(session).select_related("candidate").order_by("number")
    total, kept = entries.count() if progress else 0, 0
    for done, entry in enumerate(entries.iterator(chunk_size=_EVERY)):
        code = _known(session, entry)
        kept += code is None
        writer.writerow(_cells(entry, code))
        if progress and done % _EVERY == 0:
            progress(done, total)
    return kept


def left_empty(kept: int) -> str:
    """Return the sentence about the codes that the office has supplied."""
    return ngettext(
        "%s code vient de l’office : seul l’office le connaît, il est laissé vide.",
        "%s codes viennent de l’office : lui seul les connaît, ils sont laissés vides.",
        kept,
    ) % (kept,)


def _cells(entry: Entry, code: str | None) -> list[str]:
    person = entry.candidate
    return [
        entry.number,
        person.birth_name,
        person.given_names,
        f"{person.birth_date:%d/%m/%Y}",
        access_codes.spell(code) if code else "",
    ]


def _known(session: Session, entry: Entry) -> str | None:
    """Return the code of an entry, which may come from the session that this one replaces."""
    digest = bytes(entry.access_code_digest)
    of_july = session.replaces
    return access_codes.known(session.code, entry.number, digest) or (
        access_codes.known(of_july.code, entry.number, digest) if of_july else None
    )


def _make(order: Order) -> Made:
    with private_file(order.folder / "codes.csv") as file:
        file.write(BOM)
        kept = write(order.session, file, progress=order.progress(str(_("codes"))))
    return Made([left_empty(kept)] if kept else [], warned=bool(kept))


ACCESS_CODES = EditionKind(
    "access_codes",
    _("codes d’accès des convocations"),
    _("Un CSV : numéro, nom, naissance et code d’accès de chaque inscription."),
    "codes",
    "candidates.change_session",
    _make,
)
