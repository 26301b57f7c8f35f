"""Read the tables of a TOML file, with line and column of each error."""

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

Place = tuple[str | int, ...]
Table = dict[str, Any]

# Stands for an unreadable number, so that reading goes on; no valid number is negative.
UNREADABLE = -1

_HEADER = re.compile(r"\s*(?P<opening>\[\[?)\s*(?P<keys>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?P<keys>[\w.\"'-]+)\s*=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SYNTAX = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)")


class FileError(NamedTuple):
    """One error in a file; lines and columns count from 1."""

    line: int
    column: int
    message: str


class TomlFile:
    """A TOML file being read: its top table, and the `errors` found so far."""

    def __init__(self, text: str) -> None:
        self.errors: list[FileError] = []
        self._places = _places(text)
        table: Table = {}
        try:
            table = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            self.errors.append(_syntax_error(str(error), text))
        except RecursionError:
            self.errors.append(FileError(1, 1, "TOML illisible (trop de crochets emboîtés)"))
        self.top = Fields(self, table, ())

    def report(self, place: Place, message: str) -> None:
        """Add an error, at the nearest place that exists in the file."""
        while place and place not in self._places:
            place = place[:-1]
        self.errors.append(FileError(*self._places.get(place, (1, 1)), message))


class Fields:
    """The fields of one table; each method checks one and always returns a value.

    A wrong field is reported, and a neutral value of its type returned.
    """

    def __init__(self, file: TomlFile, table: Table, place: Place) -> None:
        self._file = file
        self._table = table
        self._place = place
        self._taken: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def report(self, key: str, message: str) -> None:
        self._file.report((*self._place, key), message)

    def take(self, key: str) -> Any:
        self._taken.add(key)
        return self._table.get(key)

    def text(
        self,
        key: str,
        *,
        default: str | None = None,
        longest: int = 200,
        pattern: re.Pattern[str] | None = None,
        choices: Sequence[str] = (),
        lines: bool = False,
    ) -> str:
        """Return a text, of one line but for `lines`."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self._refuse(key, value, "un texte")
            return ""
        if choices and value not in choices:
            self.report(key, f"« {key} » est « {' » ou « '.join(choices)} », pas « {value} »")
        elif pattern and not pattern.fullmatch(value):
            self.report(key, f"« {value} » ne convient pas pour « {key} »")
        elif len(value) > longest:
            self.report(key, f"« {key} » a {len(value)} caractères, {longest} au plus")
        elif _CONTROL.search(value.replace("\n", "") if lines else value):
            self.report(key, f"« {key} » a un caractère qui ne s’imprime pas")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self._refuse(key, value, "true ou false")
        return value if isinstance(value, bool) else default

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.take(key)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._refuse(key, value, f"un nombre entier de {low} à {high}")
        return UNREADABLE

    def number(self, key: str, *, above: int | None = None, highest: int) -> Decimal:
        """Return a number from 0 (or above `above`) to `highest`, with two decimals at most."""
        value = self.take(key)
        number = _number(value)
        if number is not None and 0 <= number <= highest and (above is None or number > above):
            return number
        span = f"de 0 à {highest}" if above is None else f"supérieur à {above}, {highest} au plus"
        self._refuse(key, value, f"un nombre {span}, à deux décimales au plus")
        return Decimal(UNREADABLE)

    def tables(self, key: str, *, required: bool = False) -> list["Fields"]:
        value = self.take(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._refuse(key, value, "une liste de tables")
            return []
        if required and not value:
            self.report(key, f"« {key} » est vide")
        return [
            Fields(self._file, item, (*self._place, key, rank)) for rank, item in enumerate(value)
        ]

    def table(self, key: str) -> "Fields | None":
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._refuse(key, value, "une table")
            return None
        return Fields(self._file, value, (*self._place, key))

    def names(self) -> list[str]:
        return list(self._table)

    def refuse_the_rest(self) -> None:
        """Report the fields that were not taken."""
        for key in self._table:
            if key not in self._taken:
                self.report(key, f"clé inconnue : « {key} »")

    def _refuse(self, key: str, value: Any, wanted: str) -> None:
        if value is None:
            self.report(key, f"il manque « {key} » ({wanted})")
        else:
            self.report(key, f"« {key} » doit être {wanted}")


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return None if not number.is_finite() or number * 100 % 1 else number


def _syntax_error(message: str, text: str) -> FileError:
    found = _SYNTAX.fullmatch(message)
    if found is None or found["line"] is None:
        return FileError(max(1, len(text.splitlines())), 1, f"TOML illisible ({message})")
    return FileError(int(found["line"]), int(found["column"]), f"TOML illisible ({found['why']})")


def _places(text: str) -> dict[Place, tuple[int, int]]:
    """Return line and column of each table and of each field that starts a line."""
    places: dict[Place, tuple[int, int]] = {}
    sizes: dict[Place, int] = {}
    table: Place = ()
    for line, words in enumerate(text.splitlines(), start=1):
        if found := _HEADER.fullmatch(words):
            *parents, name = _split(found["keys"])
            table = ()
            for parent in parents:
                table = _inside((*table, parent), sizes)
            table = (*table, name)
            if found["opening"] == "[[":
                sizes[table] = sizes.get(table, 0) + 1
                table = _inside(table, sizes)
            places.setdefault(table, (line, found.start("opening") + 1))
        elif found := _KEY.match(words):
            place = (*table, *_split(found["keys"]))
            places.setdefault(place, (line, found.start("keys") + 1))
    return places


def _inside(table: Place, sizes: dict[Place, int]) -> Place:
    return (*table, sizes[table] - 1) if table in sizes else table


def _split(keys: str) -> list[str]:
    return [key.strip().strip("\"'") for key in keys.split(".")]
