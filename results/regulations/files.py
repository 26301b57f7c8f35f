"""Read regulation files: TOML in, `ExamRules` out, or every error of the file at once.

The format is a contract (DESIGN, section 5), with these additions: `group_minimum`,
`mention_with_kept_marks` and `source` at the top; `minimum` and `kept` in a test; `among` of the
second round as a list of codes, or as a list of lists each of which gives one test; in a test,
`replaced = false` where others are replaced in a case of force majeure, and, for a compulsory one,
`counts = "difference"`: what its mark is above or below ten moves the total (project of the bac
pro); `blocks` of `kept`, the text that has the units acquired attested. `groups` checks that
shares, caps and groups agree with the tests.
"""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path

from results.regulations import groups
from results.regulations.toml_tables import Fields, FileError, Place, TomlFile
from results.rules import (
    ABSENCES,
    COUNTS,
    DIFFERENCE,
    EXCESS,
    FORCE_MAJEURES,
    HIGHEST_MARK,
    REPLACEMENT,
    STEPS,
    UP,
    ZERO,
    ExamRules,
    KeptRule,
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
_FINEST = Decimal("0.01")
_TEN = Decimal(10)
_LONGEST_TEXT_OF_LAW = 200
_LONGEST_SUBJECT = 100
STATUSES = ("to_check", "checked")
# Those of `candidates.models.Entry`, which this module does not import: it needs no Django.
ENTRY_STATUSES = ("SCOLAIRE", "APPRENTI", "FORMATION_CONTINUE", "INDIVIDUEL", "DISTANCE")
_SHIPPED = Path(__file__).parent

Among = str | Sequence[str] | Sequence[Sequence[str]]


class RegulationFileError(ValueError):
    """A regulation file that cannot be used; `errors`: a `FileError` for each thing wrong."""

    def __init__(self, name: str, errors: Sequence[FileError]) -> None:
        self.name = name
        self.errors = tuple(sorted(set(errors)))
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
    named = _groups_named(tests)
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
        group_minimum=_minima(top, named),
        mention_with_kept_marks=_mention_with_kept_marks(top),
        source=top.text("source", default="", longest=2000, lines=True),
        shares=_by_group(top, "shares", highest=100),
        caps=_by_group(top, "caps", highest=HIGHEST_MARK),
        kept=_kept(top),
        force_majeure=top.text("force_majeure", default=ZERO, choices=FORCE_MAJEURES),
        checked=top.text("status", default=STATUSES[0], choices=STATUSES) == "checked",
        until_session=top.whole("until_session", 2000, 2100) if "until_session" in top else None,
        booklet=top.flag("booklet", default=False),
    )
    top.refuse_the_rest()
    _check_codes(file, tests)
    groups.check(file, regulation)
    if regulation.kept.blocks and not any(test.kept and not test.optional for test in tests):
        file.report(("kept", "blocks"), "aucune épreuve obligatoire ne reste acquise")
    if 0 < (regulation.until_session or 0) < regulation.from_session:
        top.report("until_session", "la dernière session est avant la première")
    if regulation.force_majeure != REPLACEMENT:
        for rank, test in enumerate(tests):
            if not test.replaced:
                file.report(
                    ("tests", rank, "replaced"), "la force majeure n’est remplacée nulle part"
                )
    if tests and all(test.optional or test.in_difference for test in tests):
        top.report("tests", "il faut au moins une épreuve obligatoire")
    return regulation


def _groups_named(tests: Sequence[TestRule]) -> set[str]:
    """Return the groups of compulsory tests, and of their parts."""
    of_tests = {test.group for test in tests if not test.optional and not test.in_difference}
    return (of_tests | {part.group for test in tests for part in test.parts}) - {""}


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
        step=_step(fields),
        rounding=fields.text("rounding", default="", choices=(UP,)),
        counts=fields.text("counts", default=EXCESS, choices=COUNTS),
        statuses=_texts(fields, "statuses", choices=ENTRY_STATUSES),
        subjects=_subjects(fields),
        ects=fields.whole("ects", 1, 180) if "ects" in fields else None,
        replaced=fields.flag("replaced", default=True),
    )
    fields.refuse_the_rest()
    if "counts" in fields and test.optional == (test.counts == DIFFERENCE):
        kind = "obligatoire" if test.optional else "facultative"
        fields.report("counts", f"« {test.counts} » est d’une épreuve {kind}")
    if test.in_difference and (test.parts or minimum is not None):
        fields.report("counts", "un écart à 10 n’a ni sous-épreuves ni note éliminatoire")
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
        group=fields.text("group", pattern=_GROUP) if fields.take("group") else "",
    )
    fields.refuse_the_rest()
    return part


def _step(fields: Fields) -> Decimal:
    """Return the step of a test's marks, of those that examiners use."""
    if "step" not in fields:
        return _FINEST
    step = fields.number("step", above=0, highest=HIGHEST_MARK)
    if step > 0 and step not in STEPS:
        fields.report("step", "aucune note n’a ce pas : 1, 0.5, 0.1 ou 0.01")
        return _FINEST
    return step


def _texts(fields: Fields, key: str, *, choices: Collection[str] = ()) -> tuple[str, ...]:
    value = fields.take(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        fields.report(key, f"« {key} » doit être une liste de textes")
        return ()
    for text in sorted({text for text in value if value.count(text) > 1}):
        fields.report(key, f"« {text} » est là deux fois")
    for text in value:
        if choices and text not in choices:
            fields.report(key, f"« {text} » n’est pas de : {', '.join(choices)}")
    return tuple(value)


def _subjects(fields: Fields) -> tuple[str, ...]:
    """Return names of subjects, each one that a cell of `matieres` may hold."""
    names = _texts(fields, "subjects")
    for name in names:
        if "|" in name or name != " ".join(name.split()) or not name.isprintable():
            fields.report("subjects", f"« {name} » : ni barre « | », ni espaces de trop")
        elif len(name) > _LONGEST_SUBJECT:
            fields.report("subjects", f"une matière a {_LONGEST_SUBJECT} caractères au plus")
    return names


def _by_group(top: Fields, key: str, *, highest: int) -> dict[str, Decimal]:
    """Return a number for each group that the table `key` names."""
    fields = top.table(key)
    if fields is None:
        return {}
    if not fields.names():
        top.report(key, f"« {key} » est vide")
    return {group: fields.number(group, above=0, highest=highest) for group in fields.names()}


def _kept(top: Fields) -> KeptRule:
    fields = top.table("kept")
    if fields is None:
        return KeptRule()
    fields.take("costs_mention")  # read by `_mention_with_kept_marks`
    from_mark = fields.number("from_mark", highest=HIGHEST_MARK) if "from_mark" in fields else _TEN
    report_from = None
    if "report_from" in fields:
        report_from = fields.number("report_from", highest=HIGHEST_MARK)
        if report_from >= from_mark >= 0:
            fields.report("report_from", "un report est sous la note qui reste acquise")
    rule = KeptRule(
        from_mark=from_mark,
        report_from=report_from,
        sessions=fields.whole("sessions", 1, 20) if "sessions" in fields else 5,
        renouncing_is_final=fields.flag("renouncing_is_final", default=False),
        blocks=fields.text("blocks", default="", longest=_LONGEST_TEXT_OF_LAW),
    )
    fields.refuse_the_rest()
    return rule


def _mention_with_kept_marks(top: Fields) -> bool:
    """Return what two keys say, the older at the top and `costs_mention` of `kept`."""
    allowed = top.flag("mention_with_kept_marks", default=True)
    fields = top.table("kept")
    if fields is None or "costs_mention" not in fields:
        return allowed
    costs = fields.flag("costs_mention", default=False)
    if "mention_with_kept_marks" in top and costs == allowed:
        fields.report("costs_mention", "le contraire de « mention_with_kept_marks »")
    return not costs


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
    compulsory = [test for test in tests if not test.optional and not test.in_difference]
    second = SecondRound(
        from_average=fields.number("from_average", highest=HIGHEST_MARK),
        group_minimum=_minima(fields, _groups_named(tests)),
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
    return tuple(map(tuple, lists)) if nested else tuple(lists)


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
