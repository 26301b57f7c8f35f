"""The demo uses the files, the commands and the releases of an office."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from candidates.models import Entry, Session
from results.demo import loading
from results.demo.accounts import author, create_accounts
from results.demo.cast import CAST
from results.demo.presence import cast_entries
from results.demo.sessions import SESSIONS
from results.models import Release
from tests import factories
from tests.demo import run_demo

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_an_interrupted_demo_is_taken_up_again(monkeypatch):
    load_session = loading._load_session

    def stops_at_the_baccalaureat(written, **how):
        if written.session.code == "BAC-2026":
            raise KeyboardInterrupt
        load_session(written, **how)

    monkeypatch.setattr(loading, "_load_session", stops_at_the_baccalaureat)
    with pytest.raises(KeyboardInterrupt):
        run_demo()
    assert Session.objects.count() == 2
    monkeypatch.undo()
    run_demo()
    assert len(cast_entries()) == len(CAST)
    released = set(Release.objects.values_list("session__code", flat=True))
    assert released == {session.code for session in SESSIONS}


@pytest.mark.parametrize("code", ["CAP-2026", "BTS-2026"])
def test_invented_people_are_never_mixed_with_real_ones(code):
    factories.entry(session=factories.session(code), marks=factories.ADMITTED)
    with pytest.raises(CommandError, match=code):
        run_demo()
    assert Entry.objects.count() == 1


def test_with_a_session_there_the_demo_for_an_empty_database_does_nothing():
    factories.entry(session=factories.session("CAP-2026"))
    assert run_demo(if_empty=True) == ""
    assert Entry.objects.count() == 1
    assert not get_user_model().objects.exists()


def test_an_office_that_has_staff_gets_no_account():
    get_user_model().objects.create_user("directrice", is_staff=True)
    assert create_accounts() == {}
    assert author().username == "directrice"
    assert get_user_model().objects.count() == 1
