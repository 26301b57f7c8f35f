"""A session of the results with somebody in each situation, at each stage of its publication."""

from datetime import timedelta

import pytest
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories


@pytest.fixture
def people(db):
    """One entry in each situation, by its name, of one session."""
    return factories.cast()


@pytest.fixture
def session(people):
    """The session of `people`, before the jury."""
    return people["admitted"].session


@pytest.fixture
def deliberated_session(session):
    """The session of `people`, after the jury."""
    deliberate(session)
    return session


@pytest.fixture
def scheduled_session(deliberated_session):
    """The session of `people`, whose results open in two hours."""
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=2))
    return deliberated_session


@pytest.fixture
def open_release(deliberated_session):
    """The release of the session of `people`, open now."""
    return release.schedule(deliberated_session)[0]


@pytest.fixture
def open_session(open_release, deliberated_session):
    """The session of `people`, whose results are open now."""
    return deliberated_session


@pytest.fixture
def deliberated_people(people, deliberated_session):
    """The `people`, after the jury."""
    return people


@pytest.fixture
def scheduled_people(people, scheduled_session):
    """The `people`, whose results open in two hours."""
    return people


@pytest.fixture
def open_people(people, open_session):
    """The `people`, whose results are open now."""
    return people


@pytest.fixture
def boss(django_user_model):
    """Somebody who corrects and withdraws."""
    return django_user_model.objects.create_user("boss")
