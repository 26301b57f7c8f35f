"""The regulations that a session of the demo follows: shipped ones, as an office completes them."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from results.demo.sessions import DemoSession
from results.regulations.files import parse_regulation, shipped_files
from results.rules import ExamRules

_YEAR = re.compile(r"-\d{4}$")
_TEST = "[[tests]]\n"
_OWN = Path(__file__).parent / "regulations"
# What an office adds to a regulation that ships: tests of a file, in place of the test of a code.
_ADDED = {
    "BAC-G-2026": ("bac-options.toml", ""),
    "BAC-STMG-2023": ("bac-options.toml", ""),
    "BAC-ST2S-2023": ("bac-options.toml", ""),
    "BAC-STI2D-2023": ("bac-options.toml", ""),
    "DNB-G-2026": ("dnb-subjects.toml", "CC"),
}


class Programme(NamedTuple):
    """A regulation and the text of its file."""

    text: str
    regulation: ExamRules


def programmes(session: DemoSession) -> dict[str, Programme]:
    """Return the `Programme` of each speciality of `session`, by code without its year.

    Of several regulations of one speciality, the newest that applies in the year of the session.
    Raises `LookupError` when a speciality has none.
    """
    found: dict[str, Programme] = {}
    for programme in _every_programme():
        regulation = programme.regulation
        family = _YEAR.sub("", regulation.code)
        newest = found.get(family)
        if (
            regulation.exam == session.exam
            and family in session.specialities
            and regulation.from_session <= session.year
            and (newest is None or newest.regulation.from_session < regulation.from_session)
        ):
            found[family] = programme
    missing = session.specialities.keys() - found.keys()
    if missing:
        raise LookupError(f"{session.code}: no regulation of {', '.join(sorted(missing))}")
    return found


@cache
def _every_programme() -> tuple[Programme, ...]:
    return tuple(_programme(path) for path in shipped_files())


def _programme(path: Path) -> Programme:
    text = path.read_text(encoding="utf-8")
    regulation = parse_regulation(text, name=path.name)
    if regulation.code in _ADDED:
        name, replaced = _ADDED[regulation.code]
        tests = [
            test for test in text.split(_TEST) if not test.startswith(f'code = "{replaced}"\n')
        ]
        text = "\n".join([_TEST.join(tests), (_OWN / name).read_text(encoding="utf-8")])
        regulation = parse_regulation(text, name=path.name)
    return Programme(text, regulation)
