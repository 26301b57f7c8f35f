"""Rows of `PublishedResult`, built the plain way from `results.document.builder`.

For few rows at a time; `results.publication.row_writer` makes the same for thousands.
"""

from json import JSONEncoder

from candidates.names.sorting import display_name, search_key, sort_key
from results import rules
from results.document import verification_code
from results.document.builder import build
from results.document.contents import plain
from results.jury import deliberation, dossiers
from results.packed_document import packing, shared_parts
from results_portal.imports.staging import escaped

COLUMNS = (
    "entry_id",
    "verdict",
    "web_listed",
    "list_name",
    "sort_key",
    "search_key",
    "posting_place",
    "verification_code",
    "document",
)

to_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class PlainRows:
    """Turns the dossiers of one release into rows, decided from the present marks.

    `stale`: the candidate numbers of entries whose stored decision differs from that; with
    `leave_stale` they get no row.
    """

    def __init__(self, book, context, *, round, leave_stale=False):
        self.stale = []
        self.books = {book.speciality.pk: book}
        self._leave_stale = leave_stale
        self._context, self._round = context, round
        self._places = {test.code: place for place, test in enumerate(context.tests)}
        parts = [
            packing.headings(
                session=context.session,
                speciality=context.speciality,
                rules=context.rules,
                tests=context.tests,
            ),
            *map(plain, (*context.academies.values(), *context.schools.values())),
        ]
        self._headings, *keys = shared_parts.keep(parts)
        self._keys = dict(zip((*context.academies, *context.schools), keys, strict=True))

    def names_shared(self, keys):
        """Whether the rows would still name shared parts of these `keys`, headings included."""
        return self._headings in keys and keys <= {self._headings, *self._keys.values()}

    def of(self, dossier):
        """Return the fields of one row, in the order of `COLUMNS` and the format of `COPY`.

        None for a stale entry that is left out.
        """
        outcome, _by_rule = deliberation.decide(dossier, self.books, self._round)
        if self._is_left_out(dossier, decided_text(outcome)):
            return None
        document = build(dossier, outcome, self._context)
        keys = self._shared_keys(dossier.identity)
        packed = packing.pack(document, keys=keys, places=self._places)
        return row(
            dossier,
            verdict=outcome.verdict.value,
            admitted=outcome.verdict is rules.Verdict.ADMITTED,
            document=to_json(packed),
        )

    def _is_left_out(self, dossier, decided):
        """Whether an entry gets no row; it is stale if its stored decision is not `decided`."""
        if decided == dossier.decided:
            return False
        self.stale.append(dossier.identity.number)
        return self._leave_stale

    def _shared_keys(self, identity):
        academy, school = self._keys[identity.academy_id], self._keys.get(identity.school_id)
        return packing.SharedKeys(self._headings, academy, school)


def decided_text(outcome):
    """Return the text that `Dossier.decided` has when the stored decision is this outcome."""
    return dossiers.decision_text(
        outcome.verdict.value,
        outcome.mention or "",
        deliberation.truncate(outcome.points),
        deliberation.truncate(outcome.divisor),
        None if outcome.average is None else rules.show(outcome.average),
    )


def row(dossier, *, verdict, admitted, document):
    """Return the fields of a row, in the format of `COPY`; `document`: JSON."""
    identity = dossier.identity
    family, given = identity.usage_name or identity.birth_name, identity.given_names
    return (
        f"{dossier.entry_id}",
        verdict,
        "t" if admitted and identity.web_consent else "f",
        escaped(display_name(family, given)),
        escaped(sort_key(family, given)),
        f"{search_key(family)} {search_key(given)}",
        escaped(identity.posting_place),
        verification_code.generate(),
        document.replace("\\", r"\\"),  # the only character of JSON that COPY interprets
    )
