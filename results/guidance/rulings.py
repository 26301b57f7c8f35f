"""What a help page says of a regulation: one value for each page, equal where the law is.

Pure: rules in, texts and canonical numbers out. Specialities of an exam with equal values are told
together.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from results import rules
from results.document.published_rules import (
    PublishedKept,
    PublishedMinimum,
    PublishedSecondRound,
    published_rules,
)
from results.rules import ExamRules, TestRule

Ruling = Hashable


@dataclass(frozen=True, slots=True)
class AbsenceRuling:
    """Effect of an absence (`rules.ExamRules`), and names of tests that September leaves out."""

    absence: str
    force_majeure: str
    not_replaced: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkMinimum:
    """A mark below which tests eliminate: those named, or every compulsory one where none is."""

    mark: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passing:
    """What it takes to pass; `booklet`: see `rules.ExamRules`."""

    pass_mark: str
    group_minimum: tuple[PublishedMinimum, ...]
    test_minima: tuple[MarkMinimum, ...]
    booklet: bool


@dataclass(frozen=True, slots=True)
class OpenTests:
    """Tests open to the second round: a `group` ("": none is named), or `lists` of names."""

    group: str = ""
    lists: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptTests:
    """Tests whose marks are kept: a `group`, or `names`; neither: every compulsory test."""

    group: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondRoundRuling:
    """Who is called to the second round, if there is one, and what comes of it."""

    pass_mark: str
    absence: str
    mentions: bool
    second: PublishedSecondRound | None


@dataclass(frozen=True, slots=True)
class KeptRuling:
    """What whoever has not passed keeps; `kept` is None where nothing is."""

    kept: PublishedKept | None
    tests: KeptTests


@dataclass(frozen=True, slots=True)
class GroupShare:
    """Part of a group in the average, out of 100, and the highest average that it may have."""

    group: str
    share: str
    cap: str | None


@dataclass(frozen=True, slots=True)
class ReadingRuling:
    """What explains the figures of a score sheet."""

    passing: Passing
    shares: tuple[GroupShare, ...]
    mentions: tuple[tuple[str, str], ...]
    kept: PublishedKept | None
    force_majeure: str


@dataclass(frozen=True, slots=True)
class CountedTests:
    """How tests of an exam count: options above ten or in full, and those as a difference."""

    above_ten: bool
    in_full: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldSpeciality:
    """A speciality by name; with the sessions of its rules where several groups have that name."""

    label: str
    from_session: int | None = None
    until_session: int | None = None


@dataclass(frozen=True, slots=True)
class RulingGroup:
    """Specialities with the same ruling; none are named where all have it."""

    specialities: tuple[ToldSpeciality, ...]
    ruling: Ruling


def absence(regulation: ExamRules) -> AbsenceRuling:
    replacing = regulation.force_majeure == rules.REPLACEMENT
    left_out = (test.label for test in regulation.tests if replacing and not test.replaced)
    return AbsenceRuling(regulation.absence, regulation.force_majeure, tuple(left_out))


def passing(regulation: ExamRules) -> Passing:
    published = published_rules(regulation)
    compulsory = _compulsory(regulation)
    of_mark: dict[str, list[str]] = {}
    for test in compulsory:
        if test.minimum is not None:
            of_mark.setdefault(rules.show_points(test.minimum), []).append(test.label)
    minima = (
        MarkMinimum(mark, () if len(names) == len(compulsory) else tuple(names))
        for mark, names in of_mark.items()
    )
    return Passing(published.pass_mark, published.group_minimum, tuple(minima), regulation.booklet)


def second_round(regulation: ExamRules) -> SecondRoundRuling:
    published = published_rules(regulation)
    return SecondRoundRuling(
        published.pass_mark, published.absence, bool(regulation.mentions), published.second_round
    )


def open_tests(regulation: ExamRules) -> OpenTests:
    """Return the tests of the second round; none are named where there is no second round."""
    second = regulation.second_round
    if second is None or second.among == "":
        return OpenTests()
    if isinstance(second.among, str):
        return OpenTests(group=second.among)
    lists = rules.open_to_second_round(regulation)
    return OpenTests(lists=tuple(tuple(test.label for test in tests) for tests in lists))


def kept(regulation: ExamRules) -> KeptRuling:
    compulsory = _compulsory(regulation)
    found = [test for test in compulsory if test.kept]
    groups = {test.group for test in found}
    tests = KeptTests(names=tuple(test.label for test in found))
    if len(found) in {0, len(compulsory)}:
        tests = KeptTests()
    elif len(groups) == 1 and found == [test for test in compulsory if test.group in groups]:
        tests = KeptTests(group=groups.pop())
    return KeptRuling(published_rules(regulation).kept, tests)


def reading(regulation: ExamRules) -> ReadingRuling:
    published = published_rules(regulation)
    caps = {group: rules.show_points(cap) for group, cap in regulation.caps.items()}
    return ReadingRuling(
        passing=passing(regulation),
        shares=tuple(
            GroupShare(group, rules.show_points(share), caps.get(group))
            for group, share in regulation.shares.items()
        ),
        mentions=tuple(
            (mention.label, rules.show_points(mention.from_average))
            for mention in regulation.mentions
        ),
        kept=published.kept,
        force_majeure=regulation.force_majeure,
    )


def counted_tests(regulations: Iterable[ExamRules]) -> CountedTests:
    """Return the ways in which the tests of these regulations count."""
    tests = [test for regulation in regulations for test in regulation.tests]
    return CountedTests(
        above_ten=any(test.optional and not test.in_full for test in tests),
        in_full=any(test.in_full for test in tests),
        differences=tuple(dict.fromkeys(test.label for test in tests if test.in_difference)),
    )


def grouped(
    regulations: Iterable[ExamRules], ruling_of: Callable[[ExamRules], Ruling]
) -> list[RulingGroup]:
    """Return the rulings of some regulations, that of the most specialities first."""
    groups: dict[Ruling, list[ExamRules]] = {}
    for regulation in regulations:
        groups.setdefault(ruling_of(regulation), []).append(regulation)
    if len(groups) == 1:
        return [RulingGroup((), ruling) for ruling in groups]
    named = Counter(label for found in groups.values() for label in {one.label for one in found})
    told = [
        RulingGroup(tuple(dict.fromkeys(_told(one, named) for one in found)), ruling)
        for ruling, found in groups.items()
    ]
    return sorted(told, key=lambda group: -len(group.specialities))


def _told(regulation: ExamRules, named: Counter[str]) -> ToldSpeciality:
    if named[regulation.label] == 1:
        return ToldSpeciality(regulation.label)
    return ToldSpeciality(regulation.label, regulation.from_session, regulation.until_session)


def _compulsory(regulation: ExamRules) -> list[TestRule]:
    return [test for test in regulation.tests if not test.optional]
