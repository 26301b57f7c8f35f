"""The demo uses the files, the commands and the releases of an office."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from candidates.identification.access_codes import spell
from candidates.identification.cookie import identify
from candidates.models import Entry, Session
from results.demo import loading
from results.demo.accounts import author, create_accounts
from results.demo.cast import CAST
from results.demo.presence import cast_entries
from results.models import Decision, Mark, PublishedResult, Release
from tests import factories

pytestmark = pytest.mark.django_db

FEW = 80  # the cast, and some more


def demo(**options):
    out = io.StringIO()
    call_command("demo", entries=FEW, stdout=out, stderr=io.StringIO(), verbosity=0, **options)
    return out.getvalue()


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (Session, Entry, Mark, Decision, Release, PublishedResult)
    }


def published(situation, entry, at=None):
    return PublishedResult.objects.current(at).filter(entry=entry).first()


def test_the_demo_publishes_the_verdict_announced_for_each_of_the_cast():
    demo()
    entries = cast_entries()
    assert list(entries) == list(CAST)
    later = timezone.now() + timedelta(days=11)
    for situation, entry in entries.items():
        now, then = published(situation, entry), published(situation, entry, later)
        assert (now is None) is (situation.session == "BTS-2027")
        assert (then.verdict, then.document.get("mention") or "") == (
            situation.verdict,
            situation.mention,
        )
    assert Entry.objects.count() == FEW


def test_the_table_identifies_each_of_the_cast_and_the_files_are_kept_where_asked(tmp_path):
    table = demo(to=tmp_path)
    assert (tmp_path / "bts-2026-inscriptions.csv").exists()
    shown = [line.split() for line in table.splitlines() if line[:2] in {"BT", "BA"}]
    assert len(shown) == len(CAST)
    for (session, number, _, code, *_), (situation, entry) in zip(
        shown, cast_entries().items(), strict=True
    ):
        assert (session, number) == (situation.session, entry.number)
        assert identify(number=number, birth_date=situation.born, access_code=code) == entry.pk
        assert spell(code.replace("-", "")) == code


def test_running_the_demo_twice_changes_nothing():
    first = demo()
    before = everything()
    again = demo()
    assert everything() == before
    assert [row["reason"] for row in before[PublishedResult] if row["revision"] == 2] == [
        "Erreur de report entre la copie et le relevé."
    ]
    assert "mot de passe" in first
    assert "mot de passe" not in again


def test_an_interrupted_demo_is_taken_up_again(monkeypatch):
    load_session = loading._load_session

    def stops_at_the_baccalaureat(written, **how):
        if written.session.code == "BAC-2026":
            raise KeyboardInterrupt
        load_session(written, **how)

    monkeypatch.setattr(loading, "_load_session", stops_at_the_baccalaureat)
    with pytest.raises(KeyboardInterrupt):
        demo()
    assert Session.objects.count() == 2
    monkeypatch.undo()
    demo()
    assert len(cast_entries()) == len(CAST)
    assert Release.objects.filter(session__code="BTS-2027").count() == 3


@pytest.mark.parametrize("code", ["CAP-2026", "BTS-2026"])
def test_invented_people_are_never_mixed_with_real_ones(code):
    factories.entry(session=factories.session(code), marks=factories.ADMITTED)
    with pytest.raises(CommandError, match=code):
        demo()
    assert Entry.objects.count() == 1


def test_with_a_session_there_the_demo_for_an_empty_database_does_nothing():
    factories.entry(session=factories.session("CAP-2026"))
    assert demo(if_empty=True) == ""
    assert Entry.objects.count() == 1
    assert not get_user_model().objects.exists()


def test_an_office_that_has_staff_gets_no_account():
    get_user_model().objects.create_user("directrice", is_staff=True)
    assert create_accounts() == {}
    assert author().username == "directrice"
    assert get_user_model().objects.count() == 1
