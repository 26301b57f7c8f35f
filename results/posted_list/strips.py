"""The strips that the pages of a posted list are stacked from: see `results_portal.stamping`.

Templates: templates/results/pdf/posted_list/, one for each strip. Names go through slots.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from candidates.names.sorting import search_key, sort_key
from results.posted_list.columns import Columns, NameBlock, pages_of
from results.posted_list.names import Lines, Setting, lines_of
from results_portal.stamping.press import Press
from results_portal.stamping.strips import Slots, Strip, Unstampable

FOLDER = "results/pdf/posted_list"
_PAGE = ('<section class="page">',)
_COLUMN_CLASSES = ("column first", "column second")
_SPARE = 0.5  # CSS pixels left free below columns, for rounding errors
_LINE_END = "\n"


class ListContents(NamedTuple):
    """Content of a list; `names`: pairs of family name and given names, in any order."""

    names: Sequence[tuple[str, str]]
    session: str
    speciality: str
    place: str
    second_round: str
    released_at: datetime
    office: dict[str, Any]

    @property
    def subject(self) -> str:
        return " – ".join(filter(None, [self.session, self.speciality, self.place]))


class _Name(NamedTuple):
    """A name of the list: its strip for the first column, and its letter if it is the first."""

    strip: Strip
    letter: str


def pages(contents: ListContents, press: Press) -> tuple[tuple[Strip, ...], ...]:
    """Return the strips of each page; `press` measures widths and heights."""
    names = list(_names(contents.names, press))
    heading, closing = _heading(contents), _closing(contents)
    empty = [] if names else [_strip(_PAGE, "empty")]
    above = sum(press.heights([heading, *empty]))
    room = press.size.content - _SPARE
    columns = pages_of(
        _blocks(names, press),
        first=room - above,
        others=room,
        closing=press.heights([closing])[0],
    )
    return tuple(
        (
            *([heading, *empty] if number == 1 else []),
            *(_columns(names, page) if names else []),
            *([closing] if number == len(columns) else []),
            *_margins(contents, number, len(columns)),
        )
        for number, page in enumerate(columns, start=1)
    )


def _names(names: Sequence[tuple[str, str]], press: Press) -> Iterator[_Name]:
    setting = _setting(press)
    former = None
    for family, given in sorted(names, key=lambda name: sort_key(*name)):
        letter = search_key(family)[:1]
        strip = _name(" ".join(family.upper().split()), " ".join(given.split()), setting)
        yield _Name(strip, letter if letter != former else "")
        former = letter


def _blocks(names: Sequence[_Name], press: Press) -> list[NameBlock]:
    forms = {name.strip.form: name.strip for name in names}
    letters = {name.letter for name in names if name.letter}
    heights = dict(zip(forms, press.heights(list(forms.values())), strict=True))
    heads = press.heights([_letter(letter, 0, after=False) for letter in letters])
    lower = press.heights([_letter(letter, 0, after=True) for letter in letters])
    gaps = [whole - head for whole, head in zip(lower, heads, strict=True)]
    of_letter = {"": (0.0, 0.0)} | dict(zip(letters, zip(heads, gaps, strict=True), strict=True))
    return [NameBlock(heights[name.strip.form], *of_letter[name.letter]) for name in names]


def _columns(names: Sequence[_Name], page: Columns) -> Iterator[Strip]:
    for column, numbers in enumerate(page):
        for number in numbers:
            name = names[number]
            if name.letter:
                yield _letter(name.letter, column, after=number > numbers.start)
            strip = name.strip
            yield strip._replace(path=_list(column), column=column + 1) if column else strip


def _setting(press: Press) -> Setting:
    """Measure on a name that has both kinds of type and two lines."""
    first, second = press.lines(_lines(Lines(("A",), ("B", "C"), False)))
    bold, regular = (run.typesetter for run in first.runs)
    return Setting(
        bold=lambda text: bold.set(text)[1] if text else 0.0,
        regular=lambda text: regular.set(text)[1] if text else 0.0,
        first=first.box[0] + first.box[1] - first.left,
        others=second.box[0] + second.box[1] - second.left,
    )


def _name(family: str, given: str, setting: Setting) -> Strip:
    """Return a name in lines that fit, or one that WeasyPrint breaks."""
    try:
        lines = lines_of(family, given, setting)
    except Unstampable:
        lines = None
    return _lines(lines) if lines else _whole(family, given)


def _whole(family: str, given: str) -> Strip:
    """Return a name that WeasyPrint breaks where necessary."""
    return _strip(
        _list(0),
        "name",
        column=1,
        wraps=True,
        family=(family,),
        between=" " if given else "",
        given=(given,) if given else (),
        line_end=_LINE_END,
    )


def _lines(lines: Lines) -> Strip:
    slots = Slots()
    between = _LINE_END if lines.apart else " "
    return _strip(
        _list(0),
        "name",
        slots,
        column=1,
        wraps=False,
        family=tuple(map(slots, lines.family)),
        between=between if lines.given else "",
        given=tuple(map(slots, lines.given)),
        line_end=_LINE_END,
    )


def _letter(letter: str, column: int, *, after: bool) -> Strip:
    return _strip(_column(column), "letter", column=column + 1, next=after, letter=letter)


def _margins(contents: ListContents, number: int, count: int) -> Iterator[Strip]:
    if number > 1:
        slots = Slots()
        yield _strip(_PAGE, "running", slots, margin=True, list=slots(contents.subject))
    slots = Slots()
    yield _strip(
        _PAGE, "foot", slots, margin=True, page=slots(str(number)), pages=slots(str(count))
    )


def _heading(contents: ListContents) -> Strip:
    slots = Slots()
    return _strip(
        _PAGE,
        "heading",
        slots,
        office=contents.office["name"],
        session=contents.session,
        speciality=contents.speciality,
        second_round=contents.second_round,
        place=slots(contents.place),
        released_at=contents.released_at,
    )


def _closing(contents: ListContents) -> Strip:
    office = contents.office
    return _strip(
        _PAGE,
        "closing",
        site=office["site"],
        city=office["city"],
        signatory=office["signatory"],
        released_at=contents.released_at,
    )


def _strip(
    path: tuple[str, ...],
    template: str,
    slots: Slots | None = None,
    *,
    margin: bool = False,
    column: int = 0,
    **context: Any,
) -> Strip:
    return Strip(
        path,
        _template(template),
        tuple(context.values()),
        tuple(context),
        tuple(slots or ()),
        margin=margin,
        column=column,
    )


@lru_cache(maxsize=2)
def _column(column: int) -> tuple[str, ...]:
    return (*_PAGE, f'<div class="{_COLUMN_CLASSES[column]}">')


@lru_cache(maxsize=2)
def _list(column: int) -> tuple[str, ...]:
    return (*_column(column), "<ul>")


@lru_cache(maxsize=20)
def _template(name: str) -> str:
    return f"{FOLDER}/{name}.html"
