"""Packing of published documents for storage, without what they share with many others.

A stored document names the parts that it shares (`shared_parts`) under "shared": the headings
(session, speciality, rules, tests), the académie, the school. Each of its tests is a list: a
`PackedTest`, cut after the points where the other places have their defaults. That takes a quarter
of the bytes, and a fifth of the time to write them. Where there are no "blocks" it does not say so.

Every index into a stored document is in this module.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from results.document.contents import (
    HEADING_BEFORE,
    RULES_BEFORE,
    VERSION,
    DecidedDocument,
    PlainDocument,
    PublishedDocument,
    PublishedEntry,
    PublishedSession,
    PublishedSpeciality,
    PublishedTest,
    TestHeading,
    named,
    plain,
)
from results.document.published_rules import PublishedRules

SHARED = "shared"

# A test, or a document, as JSON gives what is stored.
StoredTest = Sequence[Any]
StoredDocument = dict[str, Any]


class SharedKeys(NamedTuple):
    """The keys of the parts that a document shares, in the order in which it names them."""

    headings: str
    academy: str
    school: str | None


class PackedTest(NamedTuple):
    """The places of a stored test.

    `place`: the rank of the test among the headings. `parts`: mark and status of each part.
    `subject`: left out where it is "".
    """

    place: int
    mark: str | None
    points: str | None
    status: str = ""
    origin: int | None = None
    second_mark: str | None = None
    second_status: str = ""
    counted: str | None = None
    kept_for_next: bool = False
    parts: Sequence[Sequence[Any]] = ()
    subject: str = ""


# The length of a test whose other places have their defaults, `counted` being the mark.
_PLAIN_LENGTH = PackedTest._fields.index("points") + 1
_DEFAULTS = PackedTest._field_defaults
_PLACE, _STATUS, _KEPT, _PARTS = map(
    PackedTest._fields.index, ("place", "status", "kept_for_next", "parts")
)
_SUBJECT = PackedTest._fields.index("subject")


def headings(
    *,
    session: PublishedSession,
    speciality: PublishedSpeciality,
    rules: PublishedRules,
    tests: tuple[TestHeading, ...],
) -> dict[str, Any]:
    """Return the part that all documents of a session and speciality share."""
    return {
        "session": plain(session),
        "speciality": plain(speciality),
        "rules": plain(rules),
        "tests": plain(tests),
    }


def rules_in(headings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules in a shared part of headings, which older ones do not hold."""
    return headings.get("rules", RULES_BEFORE)


def heading(headings: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return the heading of the test at a rank."""
    return HEADING_BEFORE | headings["tests"][place]


def pack(
    document: PublishedDocument, *, keys: SharedKeys, places: Mapping[str, int]
) -> StoredDocument:
    """Return a document as it is stored; `places`: the rank of each test code in the headings."""
    packed: StoredDocument = plain(document)
    del packed["session"], packed["speciality"], packed["rules"]
    packed[SHARED], packed["entry"] = list(keys), pack_entry(document.entry)
    if isinstance(document, DecidedDocument):
        packed["tests"] = [pack_test(test, places[test.code]) for test in document.tests]
        if not document.blocks:
            del packed["blocks"]
    return packed


def pack_entry(entry: PublishedEntry) -> dict[str, Any]:
    """Return an entry as it is stored, with the codes of its school and académie.

    Queries for the diplomas of a school read the code there.
    """
    return plain(entry) | {
        "school": entry.school and {"uai": entry.school.uai},
        "academy": {"code": entry.academy.code},
    }


def pack_test(test: PublishedTest, place: int) -> list[Any]:
    """Return a test as it is stored; `place` is its rank among the headings."""
    packed = PackedTest(
        place=place,
        mark=test.mark,
        points=test.points,
        status=test.status,
        origin=test.origin,
        second_mark=test.second_mark,
        second_status=test.second_status,
        counted=test.counted,
        kept_for_next=test.kept_for_next,
        parts=[[part.mark, part.status] for part in test.parts],
        subject=test.subject,
    )
    short = PackedTest(place, test.mark, test.points, counted=test.mark, parts=[])
    if packed == short:
        return list(packed[:_PLAIN_LENGTH])
    return list(packed if packed.subject else packed[:_SUBJECT])


def changes(stored: StoredDocument, replaced: StoredDocument) -> dict[str, Any]:
    """Return the marks and the average of the `replaced` document, where `stored` has others.

    `replaced_tests`: as they are stored; `replaced_average`: None where it is the same.
    """
    if SHARED not in stored or SHARED not in replaced:
        return {"replaced_tests": [], "replaced_average": None}
    before = {row[_PLACE]: row for row in replaced.get("tests", ())}
    found = [
        before[row[_PLACE]]
        for row in stored.get("tests", ())
        if row[_PLACE] in before and _marks(before[row[_PLACE]]) != _marks(row)
    ]
    averages = replaced.get("average"), stored.get("average")
    changed = None not in averages and averages[0] != averages[1]
    return {"replaced_tests": found, "replaced_average": averages[0] if changed else None}


def _marks(row: StoredTest) -> tuple[Any, ...]:
    test = PackedTest(*row)
    return test.mark, test.status, test.second_mark, test.second_status


def unpack(stored: StoredDocument, parts: Mapping[str, Mapping[str, Any]]) -> PlainDocument:
    """Return the document that is `stored`; `parts`: the shared parts it names, by key.

    Raises `ValueError` for a document of another version than this module writes.
    """
    document = dict(stored)
    if document["version"] != VERSION:
        raise ValueError(f"a document of version {document['version']}")
    keys = SharedKeys(*document.pop(SHARED))
    shared = parts[keys.headings]
    document |= {
        "session": dict(shared["session"]),
        "speciality": dict(shared["speciality"]),
        "rules": rules_in(shared),
        "entry": document["entry"]
        | {
            "academy": dict(parts[keys.academy]),
            "school": keys.school and dict(parts[keys.school]),
        },
    }
    if "tests" in document:
        tests = shared["tests"]
        document["tests"] = [unpack_test(tests, row) for row in document["tests"]]
        document.setdefault("blocks", [])
        correction = document.get("correction")
        if correction and "replaced_tests" in correction:
            replaced = [unpack_test(tests, row) for row in correction["replaced_tests"]]
            document["correction"] = correction | {"replaced_tests": replaced}
    return document


def unpack_test(all_headings: Sequence[dict[str, Any]], row: StoredTest) -> dict[str, Any]:
    """Return a test of a document, from the stored list and the headings of all tests."""
    if len(row) == _PLAIN_LENGTH:
        place, mark, points = row
        given = {"mark": mark, "counted": mark, "points": points, "parts": []}
        return HEADING_BEFORE | all_headings[place] | _DEFAULTS | given
    packed = PackedTest(*row)
    heading = HEADING_BEFORE | all_headings[packed.place]
    test = heading | packed._asdict()
    del test["place"]
    test["label"] = named(heading["label"], packed.subject)
    test["parts"] = [
        part | {"mark": mark, "status": status}
        for part, (mark, status) in zip(heading["parts"], packed.parts, strict=False)
    ]
    return test


def shared_keys(stored: StoredDocument) -> SharedKeys:
    """Return the keys of the shared parts that a stored document names."""
    return SharedKeys(*stored[SHARED])


def places(rows: Sequence[StoredTest]) -> tuple[int, ...]:
    """Return the rank of each stored test among the headings."""
    return tuple([row[_PLACE] for row in rows])


def kept_places(rows: Sequence[StoredTest]) -> list[int]:
    """Return the ranks of the tests whose mark is kept for the next sessions."""
    return [row[_PLACE] for row in rows if len(row) > _PLAIN_LENGTH and row[_KEPT]]


def statuses(rows: Sequence[StoredTest]) -> list[str]:
    """Return the statuses of stored tests, each once, in order."""
    return sorted({row[_STATUS] if len(row) > _PLAIN_LENGTH else "" for row in rows})


def all_statuses(rows: Sequence[StoredTest]) -> set[str]:
    """Return the statuses of stored tests and of their parts."""
    parts = (part for row in rows if len(row) > _PLAIN_LENGTH for part in row[_PARTS])
    return {*statuses(rows), *(status for _mark, status in parts)}


def absences(rows: Sequence[StoredTest]) -> list[int]:
    """Return the ranks, among the stored tests, of those with an absence."""
    long = ((rank, row) for rank, row in enumerate(rows) if len(row) > _PLAIN_LENGTH)
    return [rank for rank, row in long if row[_STATUS] == "ABS"]


def subjects(rows: Sequence[StoredTest]) -> dict[int, str]:
    """Return the names that tests have for this candidate, by their rank among the headings."""
    return {row[_PLACE]: row[_SUBJECT] for row in rows if len(row) > _SUBJECT}


def cache_keys(rows: Sequence[StoredTest]) -> list[Hashable]:
    """Return a cache key for each stored test; only equal tests have equal keys."""
    return [tuple(row) if len(row) == _PLAIN_LENGTH else str(row) for row in rows]
