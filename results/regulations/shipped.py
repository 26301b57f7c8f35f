"""The regulations that come with the portal, beside those that the office has."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.freeze import is_refusal
from candidates.models import Session, Speciality
from results import rules
from results.models import Regulation, Test
from results.regulations import rulebook
from results.regulations.files import parse_regulation, shipped_files


class RegulationRefused(Exception):
    """Rules that the database does not take; its text says why."""


class ShippedState(TextChoices):
    ABSENT = "absent", gettext_lazy("pas encore importé")
    SAME = "same", gettext_lazy("importé")
    DIFFERENT = "different", gettext_lazy("différent du fichier livré")


@dataclass(frozen=True)
class Shipped:
    """A regulation as it is shipped, and how the office's own compares."""

    rules: rules.ExamRules
    state: ShippedState


@cache
def shipped_rules() -> tuple[rules.ExamRules, ...]:
    """Return every regulation that comes with the portal, by name of its file."""
    return tuple(
        parse_regulation(path.read_text(encoding="utf-8"), name=path.name)
        for path in shipped_files()
    )


def shipped_for(session: Session) -> list[Shipped]:
    """Return the shipped regulations that hold for a session, by code. Three queries."""
    wanted = [rule for rule in shipped_rules() if holds_for(session, rule)]
    stored = _stored(rule.code for rule in wanted)
    return [
        Shipped(rule, _state(rule, stored.get(rule.code)))
        for rule in sorted(wanted, key=lambda rule: rule.code)
    ]


def holds_for(session: Session, rule: rules.ExamRules | Speciality) -> bool:
    """Whether a session may have entries under these rules, or in this speciality."""
    until = rule.until_session or session.year
    return rule.exam == session.exam and rule.from_session <= session.year <= until


def _stored(codes: Iterable[str]) -> dict[str, rules.ExamRules]:
    records = Regulation.objects.filter(speciality__code__in=codes).select_related("speciality")
    tests: dict[int, list[Test]] = {record.pk: [] for record in records}
    for test in Test.objects.filter(speciality__in=tests).order_by("position"):
        tests[test.speciality_id].append(test)
    return {
        record.speciality.code: rulebook.rules_in(record, tests[record.pk]) for record in records
    }


def _state(shipped: rules.ExamRules, stored: rules.ExamRules | None) -> ShippedState:
    if stored is None:
        return ShippedState.ABSENT
    return ShippedState.SAME if stored == shipped else ShippedState.DIFFERENT


def entered(codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the codes of the sessions with entries in each speciality of these codes."""
    found: dict[str, list[str]] = {}
    pairs = Speciality.objects.filter(code__in=codes, entries__isnull=False)
    for code, session in pairs.order_by().values_list("code", "entries__session__code").distinct():
        found.setdefault(code, []).append(session)
    return {code: sorted(sessions) for code, sessions in found.items()}


def store(rule: rules.ExamRules) -> bool:
    """Write a regulation, and return whether anything changed; raise `RegulationRefused`."""
    try:
        with transaction.atomic():
            return rulebook.store(rule)
    except ProtectedError as refused:
        raise RegulationRefused(_("une épreuve retirée du règlement a déjà des notes")) from refused
    except IntegrityError as refused:
        if is_refusal(refused):
            raise RegulationRefused(
                _("ce règlement a servi à des résultats programmés ou publiés : il est figé")
            ) from refused
        raise RegulationRefused(
            _("des notes conservées (BEN, REP) contredisent « from_mark »")
        ) from refused
