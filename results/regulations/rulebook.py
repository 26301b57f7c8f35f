"""Regulations between their tables and the pure rules."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from candidates.models import Speciality
from results import rules
from results.models import Regulation, Test


@dataclass(frozen=True)
class Rulebook:
    """The rules of one speciality, and the way from the ids of its tests to their codes."""

    speciality: Speciality
    regulation: rules.Regulation
    codes: dict[int, str]


def load(speciality):
    """The `Rulebook` of a speciality.

    Raises `Regulation.DoesNotExist` when its regulation was never imported.
    """
    record = Regulation.objects.get(speciality=speciality)
    tests = list(Test.objects.filter(speciality=speciality).order_by("position"))
    second = record.second_round
    regulation = rules.Regulation(
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
    )
    return Rulebook(speciality, regulation, {test.pk: test.code for test in tests})


def _test_rule(test, tests):
    return rules.TestRule(
        code=test.code,
        label=test.label,
        coefficient=test.coefficient,
        group=test.group,
        optional=test.optional,
        minimum=test.minimum,
        kept=test.kept,
        parts=tuple(
            rules.Part(part.code, part.label, part.coefficient)
            for part in tests
            if part.whole_id == test.pk
        ),
    )


def _second_round(second):
    return rules.SecondRound(
        from_average=Decimal(second["from_average"]),
        group_minimum={g: Decimal(m) for g, m in second["group_minimum"].items()},
        choose=second["choose"],
        among=_frozen(second["among"]),
    )


def _frozen(among):
    return among if isinstance(among, str) else tuple(map(_frozen, among))


def _thawed(among):
    return among if isinstance(among, str) else [_thawed(codes) for codes in among]


def store(regulation):
    """Write a `rules.Regulation` into its tables; returns whether that changed anything.

    Tests that it no longer names go, if nobody has a mark for them (else `ProtectedError`).
    """
    with transaction.atomic():
        speciality, changed = _upsert(
            Speciality,
            {"code": regulation.code},
            {
                "exam": regulation.exam,
                "label": regulation.label,
                "from_session": regulation.from_session,
            },
        )
        changed |= _upsert(Regulation, {"speciality": speciality}, _record(regulation))[1]
        kept = []
        for rule in regulation.tests:
            whole, differs = _upsert_test(speciality, rule, None, len(kept))
            changed |= differs
            kept.append(whole.pk)
            for part in rule.parts:
                test, differs = _upsert_test(speciality, part, whole, len(kept))
                changed |= differs
                kept.append(test.pk)
        gone = Test.objects.filter(speciality=speciality).exclude(pk__in=kept)
        changed |= bool(gone.filter(whole__isnull=False).delete()[0])
        changed |= bool(gone.delete()[0])
    return changed


def _record(regulation):
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
    }


def _upsert_test(speciality, rule, whole, position):
    is_part = whole is not None
    return _upsert(
        Test,
        {"speciality": speciality, "code": rule.code},
        {
            "whole": whole,
            "label": rule.label,
            "coefficient": rule.coefficient,
            "group": "" if is_part else rule.group,
            "optional": False if is_part else rule.optional,
            "minimum": None if is_part else rule.minimum,
            "kept": True if is_part else rule.kept,
            "position": position,
        },
    )


def _upsert(model, key, values):
    """The row of `model` under `key` with `values`, written only where it differs."""
    row, created = model.objects.get_or_create(**key, defaults=values)
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if not created and different:
        for name in different:
            setattr(row, name, values[name])
        row.save(update_fields=different)
    return row, created or bool(different)
