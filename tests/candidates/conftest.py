"""A candidate and their browser."""

import pytest

from tests import factories
from tests.candidates.visits import identify


@pytest.fixture
def entry(db):
    """An entry whose candidate has an e-mail address."""
    return factories.entry(email="lea@exemple.fr")


@pytest.fixture
def identified(client, entry):
    """The browser of the candidate of `entry`, who has identified."""
    identify(client, entry)
    return client
