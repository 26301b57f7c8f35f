"""The names of one public list in memory, in the order of the list, and their search index.

A process reads a list once (`lists.names`) and searches it here by page, letter, place or word:
among 100,000 names the database took seconds for each.
"""

import string
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from candidates.names.sorting import search_key
from results_portal.caches import BoundedCache

_MOST_REMEMBERED = 1_000_000  # lines that searches of one list found, four bytes each
_ROOM_OF_A_WORD = 125  # lines: a word is cut to 100 characters
_MUCH_LONGER = 16  # times as long: then a binary search for each line is faster


class Names:
    """The lines of a list, each known by its number."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Index `rows` of sort key, name, search key and posting place, in any order."""
        rows = sorted(rows)
        self._names = [name for _, name, _, _ in rows]
        self._words = _Words([key for _, _, key, _ in rows])
        self._letters = _ranges([key[:1] for key, *_ in rows])
        lines: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for line, (*_, place) in enumerate(rows):
            lines[place].append(line)
        self._places = {place: lines[place] for place in sorted(lines) if place}

    def __len__(self) -> int:
        return len(self._names)

    @property
    def letters(self) -> list[str]:
        """The letters that a name begins with, without accents."""
        return list(self._letters)

    @property
    def places(self) -> list[str]:
        return list(self._places)

    def at(self, lines: Iterable[int]) -> list[str]:
        """Return the names on these lines."""
        return [self._names[line] for line in lines]

    def found(self, *, words: str = "", letter: str = "", place: str = "") -> Sequence[int]:
        """Return the lines that match all criteria; an empty one matches every line.

        A line holds each of `words`, in part or whole, begins with `letter`, and is of `place`.
        Words without any letter or digit match no line.
        """
        asked = search_key(words).split()
        if words and not asked:
            return ()
        parts: list[Sequence[int]] = [self._words.lines(word) for word in asked]
        if letter:
            parts.append(self._letters.get(letter, ()))
        if place:
            parts.append(self._places.get(place, ()))
        if not parts:
            return range(len(self))
        few, *others = sorted(parts, key=len)
        for many in others:
            few = _both(few, many)
        return few


class _Words:
    """Index from a part of a word to the lines that hold it.

    Lists have far fewer different words than lines: the words are searched, each has its lines.
    """

    def __init__(self, keys: list[str]) -> None:
        lines: dict[str, list[int]] = defaultdict(list)
        for line, key in enumerate(keys):
            for word in key.split():
                lines[word].append(line)
        self._text = " ".join(lines)
        self._lines, self._starts, self._ends = array("I"), array("I"), array("I", [0])
        start = 0
        for word, where in lines.items():
            self._lines.extend(where)
            self._starts.append(start)
            self._ends.append(len(self._lines))
            start += len(word) + 1
        self._remembered: BoundedCache[str, array[int]] = BoundedCache(_MOST_REMEMBERED, _room)

    def lines(self, part: str) -> Sequence[int]:
        """Return the lines with a word that contains `part`, which holds no blank."""
        known = self._remembered.get(part)
        if known is None:
            known = self._remembered[part] = array("I", sorted(self._search(part)))
        return known

    def _search(self, part):
        found: set[int] = set()
        at = self._text.find(part)
        while at >= 0:
            word = bisect_right(self._starts, at)
            found.update(self._lines[self._ends[word - 1] : self._ends[word]])
            at = self._text.find(part, self._starts[word]) if word < len(self._starts) else -1
        return found


def _room(lines: Sequence[int]) -> int:
    """Return the size of a search result, in lines; an empty one takes room too."""
    return len(lines) + _ROOM_OF_A_WORD


def _ranges(letters: list[str]) -> dict[str, range]:
    """Return the range of each letter of the alphabet in the sorted `letters`, if any."""
    ranges = {
        letter: range(bisect_left(letters, letter), bisect_right(letters, letter))
        for letter in string.ascii_uppercase
    }
    return {letter: lines for letter, lines in ranges.items() if lines}


def _both(few: Sequence[int], many: Sequence[int]) -> Sequence[int]:
    """Return the intersection of two sorted sequences."""
    if isinstance(many, range):
        return [line for line in few if line in many]
    if len(many) < _MUCH_LONGER * len(few):
        return sorted(set(few).intersection(many))
    places = ((line, bisect_left(many, line)) for line in few)
    return [line for line, place in places if place < len(many) and many[place] == line]
