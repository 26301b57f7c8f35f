"""What an exam says for itself, whatever the regulation: words, authorities, delays, texts of law.

The facts and their sources are in exams.toml, read once, when this module is imported; a key that
is unknown, or a text without its English, stops the start. The numbers of one regulation are in
`results.regulations`.
"""

import tomllib
from dataclasses import MISSING, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

FILE = Path(__file__).with_name("exams.toml")
_FALLBACK = "other"
_FLAGS = ("forms", "kept_in_years", "kept_after_first", "no_replacement", "fraud_board")


class ExamsFileError(ValueError):
    """A file of exams that cannot be used."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in French, with its English; as `str` that of the reader's language."""

    fr: str
    en: str

    def __str__(self) -> str:
        return self.en if (get_language() or "fr").startswith("en") else self.fr


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """What is known of an exam; None, False: nothing was read, and pages say nothing of it.

    `second_round` is its name, `the_second_round` with its article, `second_round_title` that of
    the candidate's own; `allowed`, `refused`, `admitted_after` and `refused_after` are decisions,
    `column` the heading of marks. `forms`: whether a candidate enters it whole or unit by unit
    (forme globale, progressive). The sessions for which a mark is kept are said as years
    (`kept_in_years`), or counted from the first one sat (`kept_after_first`). `no_replacement`: no
    session replaces a test, whatever the reason. `force_majeure_hours`: how long after a test force
    majeure may be told. `not_replaced`: what the replacement session leaves out. `fraud_authority`:
    who decides when fraud is suspected; `fraud_board`: the recteur refers it to a board that hears
    the candidate. `optional_absence`: of an absence from an optional test. Fields in `_text` are
    the texts of law.
    """

    name: Bilingual | str
    refused: Bilingual
    second_round: Bilingual
    the_second_round: Bilingual
    second_round_title: Bilingual
    allowed: Bilingual
    admitted_after: Bilingual
    refused_after: Bilingual
    column: Bilingual
    forms: bool = False
    kept_in_years: bool = False
    kept_after_first: bool = False
    kept_text: Bilingual | None = None
    second_round_text: Bilingual | None = None
    absence_text: Bilingual | None = None
    no_replacement: bool = False
    force_majeure_hours: int | None = None
    force_majeure_text: Bilingual | None = None
    not_replaced: Bilingual | None = None
    fraud_authority: Bilingual | None = None
    fraud_board: bool = False
    fraud_text: Bilingual | None = None
    fraud_sanctions: Bilingual | None = None
    optional_absence: Bilingual | None = None


def read(text: str) -> dict[str, Exam]:
    """Return the exams of a file, by code. Raises `ExamsFileError`."""
    tables = tomllib.loads(text)
    shared = tables.get(_FALLBACK, {}) | {"name": ""}
    return {code: _exam(code, {**shared, **table}) for code, table in tables.items()}


def exam(code: str) -> Exam:
    """Return an exam; one that is not named in the file goes by its own code."""
    return EXAMS.get(code.upper().replace("_", " ").replace("-", " ")) or _unnamed(code)


@lru_cache(maxsize=100)
def _unnamed(code: str) -> Exam:
    return replace(EXAMS[_FALLBACK], name=code)


def _exam(code: str, table: dict[str, Any]) -> Exam:
    known = {field.name: field for field in fields(Exam)}
    for key, value in table.items():
        if key not in known:
            raise ExamsFileError(f"[{code}] {key}: unknown key")
        if not isinstance(value, _kind(key)):
            raise ExamsFileError(f"[{code}] {key}: not of the right kind")
        if isinstance(value, dict) and (set(value) != {"fr", "en"} or not all(value.values())):
            raise ExamsFileError(f"[{code}] {key}: fr and en are needed, and nothing else")
    for key, field in known.items():
        if field.default is MISSING and key not in table:
            raise ExamsFileError(f"[{code}] {key}: missing")
    values: dict[str, Any] = {
        key: Bilingual(**value) if isinstance(value, dict) else value
        for key, value in table.items()
    }
    return Exam(**values)


def _kind(key: str) -> type | tuple[type, ...]:
    if key == "name":
        return dict, str
    return {"force_majeure_hours": int, **dict.fromkeys(_FLAGS, bool)}.get(key, dict)


EXAMS = read(FILE.read_text(encoding="utf-8"))
