from hypothesis import given
from hypothesis import strategies as st

from results.posted_list.columns import NameBlock, pages_of

BLOCKS = st.lists(
    st.tuples(st.sampled_from([20.0, 40.0]), st.booleans()).map(
        lambda one: NameBlock(one[0], head=25.0, gap=15.0) if one[1] else NameBlock(one[0])
    ),
    max_size=120,
)
ROOMS = {"first": 300.0, "others": 400.0, "closing": 120.0}


def height(blocks, column):
    return sum(
        blocks[n].height + blocks[n].head + (blocks[n].gap if n > column.start else 0)
        for n in column
    )


@given(BLOCKS)
def test_every_name_is_there_once_in_order_and_no_column_runs_over(blocks):
    pages = pages_of(blocks, **ROOMS)
    assert [n for page in pages for column in page for n in column] == list(range(len(blocks)))
    for number, page in enumerate(pages):
        room = ROOMS["others"] if number else ROOMS["first"]
        room -= ROOMS["closing"] if number == len(pages) - 1 else 0
        assert all(height(blocks, column) <= room for column in page)


@given(BLOCKS.filter(bool))
def test_the_signature_is_never_without_names(blocks):
    assert any(len(column) for column in pages_of(blocks, **ROOMS)[-1])


@given(BLOCKS)
def test_no_room_is_wasted_before_the_page_that_leaves_names_to_the_signature(blocks):
    for page in pages_of(blocks, **ROOMS)[1:-2]:
        for column in page:
            following = blocks[column.stop]
            needed = height(blocks, column) + following.height + following.head + following.gap
            assert needed > ROOMS["others"]


def test_a_list_without_names_has_one_page():
    assert pages_of([], **ROOMS) == [[range(0), range(0)]]


def test_the_columns_of_the_last_page_are_even():
    ((first, second),) = pages_of([NameBlock(20.0)] * 9, **ROOMS)
    assert (len(first), len(second)) == (5, 4)


def test_a_letter_is_never_parted_from_its_first_name():
    blocks = (
        [NameBlock(20.0)] * 13 + [NameBlock(20.0, head=25.0, gap=15.0)] + [NameBlock(20.0)] * 40
    )
    first_page = pages_of(blocks, **ROOMS)[0]
    assert first_page[1].start == 13


def test_ten_names_go_with_a_signature_that_would_stand_alone():
    blocks = [NameBlock(20.0)] * 29
    (first, second), (third, fourth) = pages_of(blocks, **ROOMS)
    assert (first.stop, second.stop) == (15, 19)
    assert (third.stop, fourth.stop) == (24, 29)
