"""Read regulation files: TOML in, `ExamRules` out, or every error of the file at once.

The format is a contract (DESIGN, section 5), with these additions: `group_minimum`,
`mention_with_kept_marks` and `source` at the top; `minimum` and `kept` in a test; `among` of the
second round as a list of codes, or as a list of lists each of which gives one test.
"""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path

from results.regulations.toml_tables import Fields, FileError, Place, TomlFile
from results.rules import (
    ABSENCES,
    HIGHEST_MARK,
    ExamRules,
    MentionRule,
    PartRule,
    SecondRound,
    TestRule,
)

__all__ = ["FileError", "RegulationFileError", "parse_regulation", "shipped_files"]

_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")
_SPECIALITY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,29}")
_GROUP = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_HIGHEST_COEFFICIENT = 100
_SHIPPED = Path(__file__).parent

Among = str | Sequence[str] | Sequence[Sequence[str]]


class RegulationFileError(ValueError):
    """A regulation file that cannot be used; `errors`: a `FileError` for each thing wrong."""

    def __init__(self, name: str, errors: Sequence[FileError]) -> None:
        self.name = name
        self.errors = tuple(sorted(errors))
        super().__init__(
            "\n".join(f"{name}:{e.line}: {e.column}: {e.message}" for e in self.errors)
        )


def shipped_files() -> list[Path]:
    """Return the regulation files that come with the portal, by name."""
    return sorted(_SHIPPED.glob("*.toml"))


def parse_regulation(text: str, *, name: str) -> ExamRules:
    """Return the `ExamRules` written in `text`; `name`: the file's name in errors.

    Raises `RegulationFileError`.
    """
    file = TomlFile(text)
    if not file.errors:
        regulation = _regulation(file)
    if file.errors:
        raise RegulationFileError(name, file.errors)
    return regulation


def _regulation(file: TomlFile) -> ExamRules:
    top = file.top
    tests = tuple(_test(fields) for fields in top.tables("tests", required=True))
    groups = {test.group for test in tests if not test.optional and test.group}
    pass_mark = top.number("pass_mark", above=0, highest=HIGHEST_MARK)
    regulation = ExamRules(
        exam=top.text("exam", longest=20),
        code=top.text("code", pattern=_SPECIALITY),
        label=top.text("label", longest=150),
        from_session=top.whole("from_session", 2000, 2100),
        pass_mark=pass_mark,
        absence=top.text("absence", choices=ABSENCES),
        tests=tests,
        second_round=_second_round(top, tests, pass_mark),
        mentions=_mentions(top, pass_mark),
        group_minimum=_minima(top, groups),
        mention_with_kept_marks=top.flag("mention_with_kept_marks", default=True),
        source=top.text("source", default="", longest=2000),
    )
    top.refuse_the_rest()
    _check_codes(file, tests)
    if tests and all(test.optional for test in tests):
        top.report("tests", "il faut au moins une épreuve obligatoire")
    return regulation


def _test(fields: Fields) -> TestRule:
    minimum = fields.number("minimum", highest=HIGHEST_MARK) if "minimum" in fields else None
    test = TestRule(
        code=fields.text("code", pattern=_CODE),
        label=fields.text("label"),
        coefficient=fields.number("coefficient", above=0, highest=_HIGHEST_COEFFICIENT),
        group=fields.text("group", pattern=_GROUP) if fields.take("group") else "",
        optional=fields.flag("optional", default=False),
        minimum=minimum,
        parts=tuple(_part(part) for part in fields.tables("parts")),
        kept=fields.flag("kept", default=True),
    )
    fields.refuse_the_rest()
    if test.optional and test.parts:
        fields.report("parts", "une épreuve facultative n’a pas de sous-épreuves")
    if test.optional and minimum is not None:
        fields.report("minimum", "une épreuve facultative n’a pas de note éliminatoire")
    if len(test.parts) == 1:
        fields.report("parts", "il faut au moins deux sous-épreuves, ou aucune")
    return test


def _part(fields: Fields) -> PartRule:
    part = PartRule(
        code=fields.text("code", pattern=_CODE),
        label=fields.text("label"),
        coefficient=fields.number("coefficient", above=0, highest=_HIGHEST_COEFFICIENT),
    )
    fields.refuse_the_rest()
    return part


def _check_codes(file: TomlFile, tests: Sequence[TestRule]) -> None:
    """Report a code used twice, by tests or parts: marks name theirs by its code alone."""
    seen: set[str] = set()
    for rank, test in enumerate(tests):
        named: list[tuple[str, Place]] = [(test.code, ("tests", rank, "code"))]
        for number, part in enumerate(test.parts):
            named.append((part.code, ("tests", rank, "parts", number, "code")))
        for code, place in named:
            if code and code in seen:
                file.report(place, f"le code « {code} » est déjà pris")
            seen.add(code)


def _mentions(top: Fields, pass_mark: Decimal) -> tuple[MentionRule, ...]:
    mentions = []
    highest = Decimal(0)
    for fields in top.tables("mentions"):
        average = fields.number("from_average", highest=HIGHEST_MARK)
        mentions.append(MentionRule(fields.text("label", longest=60), average))
        fields.refuse_the_rest()
        if 0 <= average < pass_mark:
            fields.report("from_average", "une mention commence à la moyenne exigée, ou plus haut")
        elif 0 <= average <= highest:
            fields.report("from_average", "les mentions vont de la plus basse à la plus haute")
        highest = max(highest, average)
    return tuple(mentions)


def _minima(parent: Fields, groups: Collection[str]) -> dict[str, Decimal]:
    fields = parent.table("group_minimum")
    if fields is None:
        return {}
    minima = {}
    for group in fields.names():
        minima[group] = fields.number(group, highest=HIGHEST_MARK)
        if group not in groups:
            fields.report(group, f"aucune épreuve obligatoire n’est du groupe « {group} »")
    return minima


def _second_round(top: Fields, tests: Sequence[TestRule], pass_mark: Decimal) -> SecondRound | None:
    fields = top.table("second_round")
    if fields is None:
        return None
    compulsory = [test for test in tests if not test.optional]
    groups = {test.group for test in compulsory if test.group}
    second = SecondRound(
        from_average=fields.number("from_average", highest=HIGHEST_MARK),
        group_minimum=_minima(fields, groups),
        choose=fields.whole("choose", 1, 10),
        among=_among(fields, compulsory),
    )
    fields.refuse_the_rest()
    if second.from_average >= pass_mark >= 0:
        fields.report("from_average", "le second tour commence sous la moyenne exigée")
    _check_choose(fields, second, compulsory)
    return second


def _among(fields: Fields, compulsory: Sequence[TestRule]) -> Among:
    value = fields.take("among")
    if value is None or isinstance(value, str):
        if value and value not in {test.group for test in compulsory}:
            fields.report("among", f"aucune épreuve obligatoire n’est du groupe « {value} »")
        return value or ""
    lists = value if isinstance(value, list) else []
    nested = bool(lists) and all(isinstance(codes, list) and codes for codes in lists)
    listed = [code for codes in lists for code in codes] if nested else lists
    if not listed or not all(isinstance(code, str) for code in listed):
        fields.report("among", "« among » est un groupe, une liste de codes ou une liste de listes")
        return ""
    known = {test.code for test in compulsory}
    for code in sorted({code for code in listed if code not in known}):
        fields.report("among", f"« {code} » n’est pas une épreuve obligatoire")
    for code in sorted({code for code in listed if listed.count(code) > 1}):
        fields.report("among", f"« {code} » est là deux fois")
    return tuple(lists)


def _check_choose(fields: Fields, second: SecondRound, compulsory: Sequence[TestRule]) -> None:
    among = second.among
    if isinstance(among, str):
        offered = sum(among in ("", test.group) for test in compulsory)
    else:
        offered = len(among)
        if not isinstance(among[0], str) and 0 < second.choose < offered:
            fields.report("choose", "avec plusieurs listes, on choisit une épreuve dans chacune")
    if second.choose > offered:
        fields.report("choose", f"on ne peut choisir que parmi {offered}")
