"""The rules of a regulation that a published document states."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from results import rules


@dataclass(frozen=True, slots=True)
class PublishedMinimum:
    """The least average out of 20 in a group of tests; the most, of a cap."""

    group: str
    average: str


@dataclass(frozen=True, slots=True)
class PublishedKept:
    """What whoever has not the diploma keeps: see `results.rules.KeptRule`."""

    from_mark: str = "10"
    report_from: str | None = None
    sessions: int = 5
    costs_mention: bool = False
    renouncing_is_final: bool = False
    blocks: str = ""


@dataclass(frozen=True, slots=True)
class PublishedSecondRound:
    """Who is called to the second round, and how many tests they choose.

    `one_of_each`: one test from each of several lists.
    """

    from_average: str
    choose: int
    group_minimum: tuple[PublishedMinimum, ...] = ()
    one_of_each: bool = False


@dataclass(frozen=True, slots=True)
class PublishedRules:
    """The rules of the regulation that pages and sheets state: see `results.rules.ExamRules`.

    The same for everybody of a speciality. The defaults are what documents said before they held
    their rules. `kept`: None where no mark is kept. `second_round`: None where there is none.
    `caps`: the most that the average of a group may be.
    """

    pass_mark: str = "10"  # noqa: S105
    absence: str = "eliminatory"
    force_majeure: str = "zero"
    kept: PublishedKept | None = PublishedKept()
    group_minimum: tuple[PublishedMinimum, ...] = ()
    second_round: PublishedSecondRound | None = None
    caps: tuple[PublishedMinimum, ...] = ()


def published_rules(regulation: rules.ExamRules) -> PublishedRules:
    """Return the rules that pages and sheets of a regulation state."""
    return PublishedRules(
        pass_mark=rules.show_points(regulation.pass_mark),
        absence=regulation.absence,
        force_majeure=regulation.force_majeure,
        kept=_kept_rule(regulation),
        group_minimum=_minima(regulation.group_minimum),
        second_round=_second_round(regulation),
        caps=_minima(regulation.caps),
    )


def _kept_rule(regulation: rules.ExamRules) -> PublishedKept | None:
    if not any(test.kept and not test.optional for test in regulation.tests):
        return None
    kept = regulation.kept
    return PublishedKept(
        from_mark=rules.show_points(kept.from_mark),
        report_from=None if kept.report_from is None else rules.show_points(kept.report_from),
        sessions=kept.sessions,
        costs_mention=bool(regulation.mentions) and not regulation.mention_with_kept_marks,
        renouncing_is_final=kept.renouncing_is_final,
        blocks=kept.blocks,
    )


def _second_round(regulation: rules.ExamRules) -> PublishedSecondRound | None:
    second = regulation.second_round
    if second is None:
        return None
    return PublishedSecondRound(
        from_average=rules.show_points(second.from_average),
        choose=second.choose,
        group_minimum=_minima(second.group_minimum),
        one_of_each=len(rules.open_to_second_round(regulation)) > 1,
    )


def _minima(minima: Mapping[str, Decimal]) -> tuple[PublishedMinimum, ...]:
    return tuple(
        PublishedMinimum(group, rules.show_points(average)) for group, average in minima.items()
    )
