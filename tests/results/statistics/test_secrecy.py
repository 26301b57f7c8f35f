"""Which groups are shown: an attacker who adds up and takes away learns nobody's result."""

from hypothesis import given
from hypothesis import strategies as st

from results.statistics.secrecy import FEWEST, Cell, shown
from tests.results.statistics.attacker import Attacker

TOTAL, PUBLIC, PRIVATE = "total", "public", "private"


def cell(*groups, admitted, others):
    return Cell(frozenset(groups), (admitted, others))


def told(groups, cells):
    """What the shown groups tell: the numbers of their people, whose named part anybody can see."""
    return {
        group: tuple(map(sum, zip(*(c.numbers for c in cells if group in c.groups), strict=True)))
        for group in groups
        if any(group in c.groups for c in cells)
    }


def attacked(groups, cells):
    return Attacker(told(groups, cells), cells)


@st.composite
def offices(draw):
    """Cells of a small office: schools inside sectors, centres across them, and statuses."""
    schools = draw(st.integers(1, 4))
    numbers = st.one_of(st.integers(0, 6), st.integers(0, 25))
    cells = []
    for kind in draw(
        st.lists(
            st.tuples(st.integers(0, schools), st.integers(0, 2), st.integers(0, 1)),
            min_size=1,
            max_size=7,
            unique=True,
        )
    ):
        school, centre, status = kind
        groups = [TOTAL, f"centre {centre}", f"status {status}"]
        if school:
            groups += [f"school {school}", (PUBLIC, PRIVATE)[school % 2]]
        cells.append(cell(*groups, admitted=draw(numbers), others=draw(numbers)))
    groups = sorted({group for one in cells for group in one.groups} - {TOTAL})
    return [TOTAL, *draw(st.permutations(groups))], cells


@given(offices())
def test_whatever_is_added_up_or_taken_away_at_least_five_of_each_outcome_are_in_it(office):
    groups, cells = office
    for members in attacked(shown(groups, cells), cells).sets_by_sums():
        assert all(
            sum(numbers) >= FEWEST
            for numbers in zip(*(cells[i].numbers for i in members), strict=True)
        )


@given(offices())
def test_nobody_is_left_with_one_possible_result(office):
    groups, cells = office
    attacker = attacked(shown(groups, cells), cells)
    for people, (least, most) in zip(attacker.people, attacker.bounds(0), strict=True):
        assert not people or (least < people and most > 0)


def test_a_small_school_takes_another_with_it():
    cells = [
        cell(TOTAL, PUBLIC, "large", admitted=40, others=20),
        cell(TOTAL, PUBLIC, "middle", admitted=20, others=10),
        cell(TOTAL, PUBLIC, "small", admitted=3, others=1),
        cell(TOTAL, PRIVATE, "private school", admitted=30, others=9),
    ]
    order = [TOTAL, PUBLIC, PRIVATE, "large", "middle", "private school", "small"]
    assert shown(order, cells) == {TOTAL, PUBLIC, PRIVATE, "large", "private school"}


def test_a_small_sector_hides_the_one_that_would_give_it_away():
    cells = [
        cell(TOTAL, PUBLIC, admitted=40, others=20),
        cell(TOTAL, PRIVATE, admitted=4, others=9),
    ]
    assert shown([TOTAL, PUBLIC, PRIVATE], cells) == {TOTAL}
    assert shown([PUBLIC, PRIVATE, TOTAL], cells) == {PUBLIC}  # the total less the public one


def test_a_centre_that_is_a_school_and_one_more_is_hidden():
    cells = [
        cell(TOTAL, "school", "centre", admitted=30, others=12),
        cell(TOTAL, "centre", admitted=1, others=0),
        cell(TOTAL, "elsewhere", admitted=20, others=20),
    ]
    # The centre less the school is one person; all but those elsewhere, less the school, as well.
    assert shown([TOTAL, "school", "centre", "elsewhere"], cells) == {TOTAL, "school"}


def test_where_everybody_or_nobody_was_admitted_no_rate_is_shown_however_many_sat():
    for admitted, others in ((400, 0), (0, 400), (396, 4), (4, 396)):
        assert shown([TOTAL], [cell(TOTAL, admitted=admitted, others=others)]) == set()
    assert shown([TOTAL], [cell(TOTAL, admitted=395, others=5)]) == {TOTAL}


def test_of_what_is_told_by_mention_each_counts_five():
    enough = Cell(frozenset([TOTAL]), (5, 6, 7, 20, 9))
    one_short = Cell(frozenset([TOTAL]), (4, 6, 7, 20, 9))
    assert shown([TOTAL], [enough]) == {TOTAL}
    assert shown([TOTAL], [one_short]) == set()
