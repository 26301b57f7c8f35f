"""Candidates whose results are open."""

import pytest

from tests.diplomas import dispatched, published


@pytest.fixture
def open_people(db):
    """One entry in each situation, by its name, of one session whose results are open."""
    return published.people()


@pytest.fixture
def individual(db):
    """An admitted individual candidate, to whom the diploma is posted."""
    entry = dispatched.at_home(email="lea@exemple.fr")
    dispatched.released()
    return entry
