"""Regulations in their tables, read into the pure `results.rules` and written from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from django.db import models, transaction

from candidates.models import Session, Speciality
from results import rules
from results.models import Regulation, Test

Row = TypeVar("Row", bound=models.Model)

# Fields of a test with their values for a part, which has its own coefficient and group alone.
_OF_TEST: dict[str, Any] = {
    "group": "",
    "optional": False,
    "minimum": None,
    "kept": True,
    "step": Decimal("0.01"),
    "rounding": "",
    "counts": rules.EXCESS,
    "statuses": [],
    "subjects": [],
    "ects": None,
    "replaced": True,
}


@dataclass(frozen=True)
class Rulebook:
    """The rules of one speciality; `codes`: code of each of its tests and parts, by primary key."""

    speciality: Speciality
    regulation: rules.ExamRules
    codes: dict[int, str]

    @cached_property
    def decider(self) -> rules.Decider:
        return rules.decider(self.regulation)


def load(speciality: Speciality, session: Session | None = None) -> Rulebook:
    """Return the `Rulebook` of a speciality, as it is in `session`. Two queries.

    In a session that replaces another, force majeure counts 0 as where nothing is replaced: no text
    names a second replacement (D. 334-19 and D. 337-157 have one), and a decision deferred again
    would never come. Raises `Regulation.DoesNotExist` when its regulation was never imported.
    """
    last = session is not None and session.replaces_id is not None
    record = Regulation.objects.get(speciality=speciality)
    record.speciality = speciality
    tests = list(Test.objects.filter(speciality=speciality).order_by("position"))
    regulation = rules_in(record, tests, last=last)
    return Rulebook(speciality, regulation, {test.pk: test.code for test in tests})


def rules_in(record: Regulation, tests: Sequence[Test], *, last: bool = False) -> rules.ExamRules:
    """Return the rules that a `Regulation` and its tests, in their order, are the rows of.

    `last`: in a session that replaces another.
    """
    speciality = record.speciality
    second = record.second_round
    groups = dict.fromkeys(test.group for test in tests)  # PostgreSQL keeps no order of JSON keys
    return rules.ExamRules(
        exam=speciality.exam,
        code=speciality.code,
        label=speciality.label,
        from_session=speciality.from_session,
        pass_mark=record.pass_mark,
        absence=record.absence,
        tests=tuple(_test_rule(test, tests) for test in tests if test.whole_id is None),
        second_round=second and _second_round(second),
        mentions=tuple(
            rules.MentionRule(m["label"], Decimal(m["from_average"])) for m in record.mentions
        ),
        group_minimum={g: Decimal(m) for g, m in record.group_minimum.items()},
        mention_with_kept_marks=record.mention_with_kept_marks,
        source=record.source,
        shares={g: Decimal(record.shares[g]) for g in groups if g in record.shares},
        caps={g: Decimal(cap) for g, cap in record.caps.items()},
        kept=rules.KeptRule(
            from_mark=record.kept_from_mark,
            report_from=record.kept_report_from,
            sessions=record.kept_sessions,
            renouncing_is_final=record.renouncing_is_final,
            blocks=record.kept_blocks,
        ),
        force_majeure=rules.ZERO if last else record.force_majeure,
        checked=record.checked,
        until_session=speciality.until_session,
        booklet=record.booklet,
    )


def _test_rule(test: Test, tests: Iterable[Test]) -> rules.TestRule:
    return rules.TestRule(
        code=test.code,
        label=test.label,
        coefficient=test.coefficient,
        group=test.group,
        optional=test.optional,
        minimum=test.minimum,
        kept=test.kept,
        step=test.step,
        rounding=test.rounding,
        counts=test.counts,
        statuses=tuple(test.statuses),
        subjects=tuple(test.subjects),
        ects=test.ects,
        replaced=test.replaced,
        parts=tuple(
            rules.PartRule(part.code, part.label, part.coefficient, part.group)
            for part in tests
            if part.whole_id == test.pk
        ),
    )


def _second_round(second: dict[str, Any]) -> rules.SecondRound:
    return rules.SecondRound(
        from_average=Decimal(second["from_average"]),
        group_minimum={g: Decimal(m) for g, m in second["group_minimum"].items()},
        choose=second["choose"],
        among=_frozen(second["among"]),
    )


def _frozen(among: Any) -> Any:
    """Return the JSON value `among` with tuples for lists."""
    return among if isinstance(among, str) else tuple(map(_frozen, among))


def _thawed(among: Any) -> Any:
    """Return `among` of the rules with lists for tuples, as JSON has it."""
    return among if isinstance(among, str) else [_thawed(codes) for codes in among]


def store(regulation: rules.ExamRules) -> bool:
    """Write the rules of a speciality into their tables; return whether anything changed.

    Tests that they no longer name are deleted; raises `ProtectedError` if one has marks.
    """
    with transaction.atomic():
        speciality, changed = _upsert(
            Speciality,
            {"code": regulation.code},
            {
                "exam": regulation.exam,
                "label": regulation.label,
                "from_session": regulation.from_session,
                "until_session": regulation.until_session,
            },
        )
        changed |= _upsert(Regulation, {"speciality": speciality}, _record(regulation))[1]
        there = {test.code: test for test in Test.objects.filter(speciality=speciality)}
        wholes, parts = _tests_of(regulation)
        changed |= _write_tests(speciality, there, wholes)
        of_whole = {code: v | {"whole_id": there[whole].pk} for code, (whole, v) in parts.items()}
        changed |= _write_tests(speciality, there, of_whole)
        kept = [there[code].pk for code in (*wholes, *parts)]
        gone = Test.objects.filter(speciality=speciality).exclude(pk__in=kept)
        changed |= bool(gone.filter(whole__isnull=False).delete()[0])
        changed |= bool(gone.delete()[0])
    return changed


def _record(regulation: rules.ExamRules) -> dict[str, Any]:
    second = regulation.second_round
    return {
        "pass_mark": regulation.pass_mark,
        "absence": regulation.absence,
        "second_round": second
        and {
            "from_average": str(second.from_average),
            "group_minimum": {g: str(m) for g, m in second.group_minimum.items()},
            "choose": second.choose,
            "among": _thawed(second.among),
        },
        "mentions": [
            {"label": m.label, "from_average": str(m.from_average)} for m in regulation.mentions
        ],
        "group_minimum": {g: str(m) for g, m in regulation.group_minimum.items()},
        "mention_with_kept_marks": regulation.mention_with_kept_marks,
        "source": regulation.source,
        "shares": {g: str(share) for g, share in regulation.shares.items()},
        "caps": {g: str(cap) for g, cap in regulation.caps.items()},
        "kept_from_mark": regulation.kept.from_mark,
        "kept_report_from": regulation.kept.report_from,
        "kept_sessions": regulation.kept.sessions,
        "renouncing_is_final": regulation.kept.renouncing_is_final,
        "kept_blocks": regulation.kept.blocks,
        "force_majeure": regulation.force_majeure,
        "checked": regulation.checked,
        "booklet": regulation.booklet,
    }


def _tests_of(
    regulation: rules.ExamRules,
) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, dict[str, Any]]]]:
    """Return the values of each test by code, and of each part with the code of its test.

    A part has its own coefficient and group; its marks have the step of its test.
    """
    wholes: dict[str, dict[str, Any]] = {}
    parts: dict[str, tuple[str, dict[str, Any]]] = {}
    for rule in regulation.tests:
        values = {name: getattr(rule, name) for name in _OF_TEST}
        values |= {"statuses": list(rule.statuses), "subjects": list(rule.subjects)}
        wholes[rule.code] = _named(rule) | values | {"position": len(wholes) + len(parts)}
        wholes[rule.code]["whole_id"] = None
        for part in rule.parts:
            values = _OF_TEST | {"group": part.group, "step": rule.step, "rounding": rule.rounding}
            values |= _named(part) | {"position": len(wholes) + len(parts)}
            parts[part.code] = rule.code, values
    return wholes, parts


def _named(rule: rules.TestRule | rules.PartRule) -> dict[str, Any]:
    return {"label": rule.label, "coefficient": rule.coefficient}


def _write_tests(
    speciality: Speciality, there: dict[str, Test], wanted: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Give tests their values, by code; `there`: the rows by code, which those made here join."""
    new = {
        code: Test(speciality=speciality, code=code, **values)
        for code, values in wanted.items()
        if code not in there
    }
    changed = [_give(there[code], values) for code, values in wanted.items() if code in there]
    Test.objects.bulk_create(new.values())
    there |= new
    return bool(new) or any(changed)


def _upsert(model: type[Row], key: dict[str, Any], values: dict[str, Any]) -> tuple[Row, bool]:
    """Give the row of `model` under `key` these `values`; return it, and whether it changed."""
    manager = model._default_manager
    row, created = manager.get_or_create(**key, defaults=values)
    return row, created or _give(row, values)


def _give(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Give a row these values, and return whether any differed."""
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if different:
        for name in different:
            setattr(row, name, values[name])
        row.save(update_fields=different)
    return bool(different)
