"""The shipped regulations that a session of the demo follows."""

import re
from pathlib import Path
from typing import NamedTuple

from results.demo.sessions import DemoSession
from results.regulations.files import parse_regulation, shipped_files
from results.rules import ExamRules

_YEAR = re.compile(r"-\d{4}$")


class Programme(NamedTuple):
    """A regulation and its file."""

    path: Path
    regulation: ExamRules


def programmes(session: DemoSession) -> dict[str, Programme]:
    """Return the `Programme` of each speciality of `session`, by code without its year.

    Of several regulations of one speciality, the newest that applies in the year of the session.
    Raises `LookupError` when a speciality has none.
    """
    found: dict[str, Programme] = {}
    for path in shipped_files():
        regulation = parse_regulation(path.read_text(encoding="utf-8"), name=path.name)
        family = _YEAR.sub("", regulation.code)
        newest = found.get(family)
        if (
            regulation.exam == session.exam
            and family in session.specialities
            and regulation.from_session <= session.year
            and (newest is None or newest.regulation.from_session < regulation.from_session)
        ):
            found[family] = Programme(path, regulation)
    missing = session.specialities.keys() - found.keys()
    if missing:
        raise LookupError(f"{session.code}: no regulation of {', '.join(sorted(missing))}")
    return found
