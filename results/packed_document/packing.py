"""A published document as it is stored: without what it shares with many others.

Stored, a document names the parts that it shares (`shared_parts`) under "shared": the words of
its speciality, its académie, its school. Each of its tests is a list: the rank among the words,
mark and points; and where there is more to say status, origin, mark and status of the second
round, mark counted, whether it is kept, and mark and status of each part. A quarter of the bytes,
and a fifth of the time that PostgreSQL takes to write them.
"""

from typing import Any

SHARED = "shared"
PLAIN_LENGTH = 3  # of a test with no more to say than its mark

_PLAIN = {
    "status": "",
    "origin": None,
    "second_mark": None,
    "second_status": "",
    "kept_for_next": False,
    "parts": [],
}


def words(*, session, speciality, regulation_tests) -> dict[str, Any]:
    """The part that all documents of a session and speciality share.

    `regulation_tests`: code, label, group, optional, coefficient and parts (code, label,
    coefficient) of each test, in the order of the regulation.
    """
    return {"session": session, "speciality": speciality, "tests": regulation_tests}


def pack_test(test: dict[str, Any], place: int) -> list[Any]:
    """A test of a document as it is stored; `place` is its rank among the words."""
    packed = [place, test["mark"], test["points"]]
    plain = all(test[name] == value for name, value in _PLAIN.items())
    if plain and test["counted"] == test["mark"]:
        return packed
    return [
        *packed,
        test["status"],
        test["origin"],
        test["second_mark"],
        test["second_status"],
        test["counted"],
        test["kept_for_next"],
        [[part["mark"], part["status"]] for part in test["parts"]],
    ]


def unpack(packed: dict[str, Any], parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The document of which `packed` is what is stored; `parts`: those it names, by key."""
    document = dict(packed)
    words_key, academy_key, school_key = document.pop(SHARED)
    shared = parts[words_key]
    entry = document["entry"]
    document |= {
        "session": dict(shared["session"]),
        "speciality": dict(shared["speciality"]),
        "entry": entry
        | {
            "academy": dict(parts[academy_key]),
            "school": school_key and dict(parts[school_key]),
        },
    }
    if "tests" in document:
        tests = shared["tests"]
        document["tests"] = [unpack_test(tests, row) for row in document["tests"]]
    return document


def unpack_test(all_words: list[dict[str, Any]], row: list[Any]) -> dict[str, Any]:
    """A test of a document, from what is stored and from the words of all its tests."""
    place, mark, points, *more = row
    words = all_words[place]
    test = words | _PLAIN | {"mark": mark, "counted": mark, "points": points, "parts": []}
    if more:
        (
            test["status"],
            test["origin"],
            test["second_mark"],
            test["second_status"],
            test["counted"],
            test["kept_for_next"],
            parts,
        ) = more
        test["parts"] = [
            part | {"mark": part_mark, "status": status}
            for part, (part_mark, status) in zip(words["parts"], parts, strict=False)
        ]
    return test
