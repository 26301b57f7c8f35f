"""The strips that a score sheet is stacked from: see `results_portal.stamping`.

Templates: templates/results/pdf/score_sheet/, one for each strip. Values of one candidate go
through slots; all the rest is laid out.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.text import capfirst

from results.document.contents import PlainDocument
from results.score_sheet.rows import date
from results_portal.stamping.qr_code import QRCode
from results_portal.stamping.strips import Slots, Strip

FOLDER = "results/pdf/score_sheet"
_PART = ("remark", "code", "label", "coefficient", "mark")


class SheetContents(NamedTuple):
    """Content of a sheet: the whole document, and the texts made from it."""

    document: PlainDocument
    front: dict[str, Any]
    advice: dict[str, Any]
    office: dict[str, Any]
    address: list[str]
    small_address: bool
    second_round: str
    square: QRCode
    code_lines: list[str]


def front(contents: SheetContents, *, size: str) -> tuple[Strip, ...]:
    """Return the strips of the front, at one of `html_to_pdf.SIZES`."""
    page = (f'<section class="front" data-size="{size}">',)
    sheet = (*page, '<div class="sheet">')
    kind = "marks second-round" if contents.front["second_round"] else "marks"
    marks = (*sheet, f'<table class="{kind}">')
    return (
        _masthead(contents, page),
        _address(contents, page),
        _strip(sheet, "rule", name="top"),
        *_fields(contents.front["identity"], (*sheet, '<div class="identity">')),
        _strip(sheet, "rule", name="gap"),
        _strip((*marks, "<thead>"), "column_heads", second_round=contents.front["second_round"]),
        *_rows(contents.front, (*marks, "<tbody>")),
        _strip(sheet, "rule", name="before-totals"),
        _totals(contents, sheet),
        _strip(sheet, "rule", name="before-decision"),
        _decision(contents.front, sheet),
        _closing(contents, sheet),
        _foot(contents, page, 1),
    )


def back(contents: SheetContents, *, size: str) -> tuple[Strip, ...]:
    """Return the strips of the back."""
    page = (f'<section class="back" data-size="{size}">',)
    return (
        _strip(page, "back_title"),
        _reference(contents, page),
        *_notices(contents, page),
        _foot(contents, page, 2),
    )


def _strip(
    path: tuple[str, ...],
    template: str,
    slots: Slots | None = None,
    *,
    fixed: bool = False,
    **context: Any,
) -> Strip:
    names, shown = tuple(context), tuple(context.values())
    if not slots:
        return _without_values(path, template, shown, names, fixed)
    return Strip(path, _templates(template), shown, names, tuple(slots), fixed)


@lru_cache(maxsize=100)
def _templates(name: str) -> str:
    return f"{FOLDER}/{name}.html"


@lru_cache(maxsize=2_000)
def _without_values(
    path: tuple[str, ...],
    template: str,
    shown: tuple[Any, ...],
    names: tuple[str, ...],
    fixed: bool,
) -> Strip:
    return Strip(path, _templates(template), shown, names, fixed=fixed, key=object())


def _masthead(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    office, document = contents.office, contents.document
    return _strip(
        path,
        "masthead",
        fixed=True,
        office=office["name"],
        office_address=tuple(office["address"]),
        site=office["site"],
        exam=contents.front["exam"],
        speciality=document["speciality"]["label"],
        year=document["session"]["year"],
        corrected_on=date(document["issued_at"]) if document["correction"] else "",
    )


def _address(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots = Slots()
    lines = tuple(map(slots, contents.address))
    return _strip(path, "address", slots, fixed=True, small=contents.small_address, lines=lines)


def _fields(fields: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[Strip]:
    """Yield a strip for each line: two narrow fields, or a wide one."""
    waiting = list(fields)
    while waiting:
        line = [waiting.pop(0)]
        wide = line[0]["wide"]
        if not wide and waiting and not waiting[0]["wide"]:
            line.append(waiting.pop(0))
        slots = Slots()
        pairs = tuple((field["label"], slots(field["value"])) for field in line)
        yield _strip(path, "fields", slots, wide=wide, fields=pairs)


def _rows(front: dict[str, Any], path: tuple[str, ...]) -> Iterator[Strip]:
    second_round = bool(front["second_round"])
    for rank, test in enumerate(front["tests"]):
        yield _test(test, rank == 0, second_round, path)
        if test["parts_in_line"]:
            yield _strip(
                path, "parts_in_line", second_round=second_round, parts=test["parts_in_line"]
            )
        for part in test["parts"]:
            yield _part(part, second_round, path)
    if front["jury"]:
        yield _row(path, "jury", ("points",), (front["jury"],), second_round=second_round)


def _test(test: dict[str, Any], first: bool, second_round: bool, path: tuple[str, ...]) -> Strip:
    names = (*_PART, "second_mark", "counted", "points") if second_round else (*_PART, "points")
    values = tuple([test[name] for name in names])
    return _row(path, "test", names, values, first=first, second_round=second_round)


def _part(part: dict[str, Any], second_round: bool, path: tuple[str, ...]) -> Strip:
    values = tuple([part[name] for name in _PART])
    return _row(path, "part", _PART, values, second_round=second_round)


@lru_cache(maxsize=5_000)
def _row(
    path: tuple[str, ...],
    template: str,
    names: tuple[str, ...],
    values: tuple[str, ...],
    **context: bool,
) -> Strip:
    """Return a line of marks; many candidates share it."""
    slots = Slots()
    shown: dict[str, Any] = dict(zip(names, map(slots, values), strict=True))
    return _strip(path, template, slots, **context, **shown)._replace(key=object())


def _totals(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots = Slots()
    totals = tuple(
        (total["kind"], total["label"], slots(total["value"])) for total in contents.front["totals"]
    )
    return _strip(path, "totals", slots, totals=totals)


def _decision(front: dict[str, Any], path: tuple[str, ...]) -> Strip:
    slots = Slots()
    decision = slots(front["decision"])
    return _strip(path, "decision", slots, decision=decision, admitted=front["admitted"])


def _closing(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots, office = Slots(), contents.office
    return _strip(
        path,
        "closing",
        slots,
        fixed=True,
        size=contents.square.size,
        square=slots(contents.square),
        code_lines=tuple(map(slots, contents.code_lines)),
        site=office["site"],
        city=office["city"],
        signatory=office["signatory"],
        date=date(contents.document["issued_at"]),
    )


def _foot(contents: SheetContents, path: tuple[str, ...], page: int) -> Strip:
    slots, document = Slots(), contents.document
    return _strip(
        path,
        "foot",
        slots,
        fixed=True,
        page=page,
        number=slots(document["candidate"]["number"]),
        revision=document["revision"],
        date=date(document["issued_at"]),
    )


def _reference(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots, document = Slots(), contents.document
    return _strip(
        path,
        "reference",
        slots,
        name=slots(contents.front["name"]),
        number=slots(document["candidate"]["number"]),
        exam=contents.front["exam"],
        speciality=document["speciality"]["label"],
        year=document["session"]["year"],
    )


def _notices(contents: SheetContents, path: tuple[str, ...]) -> Iterator[Strip]:
    document, advice, office = contents.document, contents.advice, contents.office
    admitted = contents.front["admitted"]
    if document["correction"]:
        reason = document["correction"]["reason"]
        yield _strip(path, "correction", date=date(document["issued_at"]), reason=reason)
    yield from _result(contents, path)
    if advice["control"]:
        yield _second_round(contents, path)
    elif not admitted:
        yield from _register_again(advice, path)
    if advice["absence"]:
        yield _strip(path, "absence", sentences=tuple(advice["absence"]))
    if document["diploma_route"]:
        yield _diploma(contents, path)
    told = {name: office[name] for name in ("site", "email", "tribunal")}
    yield _strip(path, "for_all", admitted=admitted, **told)


def _result(contents: SheetContents, page: tuple[str, ...]) -> Iterator[Strip]:
    """Yield a strip for each paragraph: as one strip they would have too many variants."""
    path = (*page, '<section class="notice parts result">')
    text = (*path, '<div class="text">')
    control = contents.advice["control"]
    yield _strip(path, "notice_head", title="Votre résultat")
    first = True
    for reason in contents.advice["reasons"]:
        slots = Slots()
        yield _strip(text, "reason", slots, first=first, reason=slots(reason))
        first = False
    slots = Slots()
    yield _strip(
        text,
        "result",
        slots,
        first=first,
        admitted=contents.front["admitted"],
        points_missing=slots(control["points_missing"] if control else ""),
        average=bool(contents.document["average"]),
        mention_lost=contents.advice["mention_lost"],
    )
    yield _strip(path, "rule", name="notice-end")


def _second_round(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots, control = Slots(), contents.advice["control"]
    session = contents.document["session"]
    columns = ("code", "label", "coefficient", "mark")
    return _strip(
        path,
        "second_round",
        slots,
        title=capfirst(contents.second_round),
        choose=control["choose"],
        needed=control["needed"],
        tests=tuple(tuple(slots(test[name]) for name in columns) for test in control["tests"]),
        pairs=tuple((slots(pair["codes"]), slots(pair["needed"])) for pair in control["pairs"]),
        choose_by=session["control_choose_by"],
        tests_from=session["control_tests_from"],
        tests_until=session["control_tests_until"],
    )


def _register_again(advice: dict[str, Any], page: tuple[str, ...]) -> Iterator[Strip]:
    path = (*page, '<section class="notice parts again">')
    text = (*path, '<div class="text">')
    managed = advice["managed"]
    yield _strip(path, "notice_head", title="Vous présenter à nouveau")
    yield _strip(
        text,
        "register_again",
        managed=managed,
        register_again=advice["register_again"] if managed else "",
        registration_site=advice["registration_site"] if managed else "",
        academy="" if managed else advice["academy"]["name"],
        rectorat="" if managed else advice["rectorat"],
        kept=advice["kept_rule"] if advice["kept"] else "",
    )
    for rank, test in enumerate(advice["kept"]):
        slots = Slots()
        yield _strip(
            (*text, '<ul class="kept">'),
            "kept",
            slots,
            first=rank == 0,
            code=slots(test["code"]),
            label=slots(test["label"]),
            mark=slots(test["mark"]),
        )
    yield _strip(path, "rule", name="notice-end")


def _diploma(contents: SheetContents, path: tuple[str, ...]) -> Strip:
    slots, advice, route = Slots(), contents.advice, contents.document["diploma_route"]
    school = advice["school"] if route == "SCHOOL" else None
    elsewhere = route not in {"SCHOOL", "HOME"}
    return _strip(
        path,
        "diploma",
        slots,
        route=route,
        managed=advice["managed"],
        site=contents.office["site"],
        school=slots(", ".join(filter(None, [school["name"], school["city"]])) if school else ""),
        academy=advice["academy"]["name"] if elsewhere else "",
        rectorat=advice["rectorat"] if elsewhere else "",
    )
