"""What is counted, what the public is told of it, and what is compared with the last session."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.statistics.comparing import jumped, predecessors
from results.statistics.groups import EntryCount, Group, Table, counted, public_groups
from results.statistics.secrecy import FEWEST, Cell
from tests.results.statistics.attacker import Attacker

WHOLE = Group(Table.SPECIALITY, "MCO")


def line(verdict="ADMITTED", *, first=None, sat=True, agreed=False, people=1, **values):
    usual = {
        "speciality": "MCO",
        "school": "0750655E",
        "sector": "PUBLIC",
        "centre": "",
        "status": "SCOLAIRE",
        "mention": "",
    }
    return EntryCount(
        **(usual | values),
        first=first or verdict,
        verdict=verdict,
        sat=sat,
        agreed=agreed,
        people=people,
    )


@pytest.mark.parametrize(
    ("verdict", "sat", "present"),
    [
        ("ADMITTED", True, True),
        ("ADMITTED", False, True),  # by marks kept from other sessions
        ("CONTROL", True, True),
        ("REFUSED", True, True),
        ("REFUSED", False, False),  # absent everywhere, where an absence counts zero
        ("ELIMINATED", True, True),
        ("ELIMINATED", False, False),
        ("NOT_FINAL", True, False),
        ("DEFERRED", True, False),
        ("WITHHELD", True, False),
        ("INCOMPLETE", True, False),
        ("", True, False),  # the jury has not met
    ],
)
def test_the_rate_is_of_those_who_took_part_and_were_admitted_or_refused(verdict, sat, present):
    figure = counted([line(verdict, sat=sat)])[WHOLE]
    assert (figure.entered, figure.present) == (1, int(present))
    assert figure.admitted == (verdict == "ADMITTED")


def test_a_rate_is_told_to_a_tenth_of_a_percent():
    lines = [line(people=2), line("REFUSED", people=1), line("WITHHELD", people=9)]
    assert counted(lines)[WHOLE].rate == Decimal("66.7")
    assert counted([line("WITHHELD")])[WHOLE].rate is None


def test_the_admitted_of_a_public_list_do_not_hide_who_is_on_none():
    others = line("REFUSED", people=30)
    hidden = public_groups([line(people=4), line(agreed=True, people=90), others])
    shown = public_groups([line(people=5), line(agreed=True, people=90), others])
    assert (WHOLE in hidden.rates, WHOLE in shown.rates) == (False, True)


def test_mentions_are_told_where_each_one_that_the_regulation_knows_has_five():
    lines = [
        line(mention="Bien", people=6),
        line(mention="Très bien", people=5, agreed=True),
        line(people=7),
        line("REFUSED", people=8),
    ]
    assert public_groups(lines, mentions=["Bien", "Très bien"]).mentions == {WHOLE}
    # Nobody has the highest: telling the others would tell each of them so.
    told = public_groups(lines, mentions=["Bien", "Très bien", "Félicitations"])
    assert (told.mentions, WHOLE in told.rates) == (set(), True)


def test_after_the_second_round_who_passed_then_are_many_as_well():
    def lines(passed):
        return [
            line(people=20),
            line(first="CONTROL", people=passed),
            line("REFUSED", first="CONTROL", people=12),
        ]

    first = public_groups([line(people=20), line("CONTROL", people=16)])
    assert WHOLE in public_groups(lines(5), round=2, earlier=first.rates).rates
    assert WHOLE not in public_groups(lines(4), round=2, earlier=first.rates).rates


@st.composite
def offices(draw):
    """The lines of a speciality after both rounds, in a few schools, centres and statuses."""
    numbers = st.one_of(st.integers(0, 6), st.integers(0, 30))
    lines = []
    for school, centre, status in draw(
        st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 1)),
            min_size=1,
            max_size=6,
            unique=True,
        )
    ):
        where = {
            "school": f"S{school}" if school else "",
            "sector": ("PUBLIC", "PRIVE")[school % 2] if school else "",
            "centre": f"C{centre}" if centre else "",
            "status": ("SCOLAIRE", "APPRENTI")[status],
        }
        for verdict, first in (
            ("ADMITTED", "ADMITTED"),
            ("ADMITTED", "CONTROL"),
            ("REFUSED", "CONTROL"),
            ("REFUSED", "REFUSED"),
        ):
            for agreed in (False, True):
                people = draw(numbers)
                lines.append(line(verdict, first=first, agreed=agreed, people=people, **where))
    return lines


def after_the_first(lines):
    return [one._replace(verdict=one.first) for one in lines]


def attacker(groups, lines, outcomes_of):
    """Who knows where everybody sat, and holds the numbers of `groups`."""
    cells = {}
    for one in lines:
        cell = cells.setdefault(frozenset(one.groups), [0, 0, 0])
        if (place := outcomes_of(one)) is not None:
            cell[place] += one.people
    cells = [Cell(key, tuple(numbers)) for key, numbers in cells.items() if any(numbers)]
    told = {
        group: tuple(map(sum, zip(*(c.numbers for c in cells if group in c.groups), strict=True)))
        for group in groups
    }
    return Attacker(told, cells)


def outcome(one):
    """The place of somebody's outcome after both rounds; None for who is named on a list."""
    if not one.is_admitted:
        return 2
    return None if one.agreed else int(one.first != "ADMITTED")


@given(offices())
def test_both_rounds_together_tell_nobodys_result(lines):
    first = public_groups(after_the_first(lines))
    second = public_groups(lines, round=2, earlier=first.rates)
    assert second.rates <= first.rates
    # The first round tells who was admitted then; the second, minus the first, who then.
    early = attacker(first.rates, after_the_first(lines), outcome)
    for members in early.sets_by_sums():
        admitted, _none, others = (
            sum(early.cells[i].numbers[k] for i in members) for k in range(3)
        )
        assert min(admitted, others) >= FEWEST
    late = attacker(second.rates, lines, outcome)
    for members in late.sets_by_sums():
        assert min(sum(late.cells[i].numbers[k] for i in members) for k in range(3)) >= FEWEST


@pytest.mark.parametrize(
    ("now", "before", "jumps"),
    [
        ((80, 100), (60, 100), True),
        ((70, 100), (60, 100), False),  # ten points are no jump
        ((75, 100), (60, 100), False),  # what chance explains
        ((7500, 10000), (6600, 10000), False),  # more than chance, and nine points
        ((9, 9), (0, 30), False),  # too few
        ((100, 100), (100, 100), False),
        ((0, 0), (5, 10), False),
    ],
)
def test_a_jump_is_large_and_more_than_chance(now, before, jumps):
    assert jumped(now, before) is jumps
    assert jumped(before, now) is jumps


def test_a_speciality_follows_that_of_its_code_but_for_the_year_or_of_its_name():
    before = {"MCO-2020": "Management", "SIO": "Services", "OLD": "Coiffure", "GONE": "Autre"}
    now = {"MCO-2026": "Management (rénové)", "SIO": "Services", "NEW": "Coiffure", "X": "Neuf"}
    assert predecessors(now, before) == {"MCO-2026": "MCO-2020", "SIO": "SIO", "NEW": "OLD"}
    both = {"MCO-2020": "Management", "MCO-2026": "Management"}
    assert predecessors(both, {"MCO-2020": "Management"}) == {"MCO-2020": "MCO-2020"}
