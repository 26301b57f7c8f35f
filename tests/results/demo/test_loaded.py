"""The demo once it is loaded: whom it shows, and that it is loaded once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.identification.access_codes import spell
from candidates.identification.cookie import identify
from candidates.models import Entry, Session
from results.demo.cast import CAST
from results.demo.presence import access_code, cast_entries
from results.models import Decision, Mark, PublishedResult, Release
from tests.demo import FEW, run_demo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_demo")]


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (Session, Entry, Mark, Decision, Release, PublishedResult)
    }


def published(situation, entry, at=None):
    return PublishedResult.objects.current(at).filter(entry=entry).first()


@pytest.mark.long
def test_the_demo_publishes_the_verdict_announced_for_each_of_the_cast():
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
    assert Entry.objects.filter(session__replaces=None).count() == FEW


def test_the_table_identifies_each_of_the_cast_and_the_files_are_kept_where_asked(loaded_demo):
    table = loaded_demo.printed
    assert (loaded_demo.files / "bts-2026-inscriptions.csv").exists()
    codes = {situation.session for situation in CAST}
    shown = [line.split() for line in table.splitlines() if line.split(" ")[0] in codes]
    assert len(shown) == len(CAST)
    for (session, number, _, code, *_), (situation, entry) in zip(
        shown, cast_entries().items(), strict=True
    ):
        assert (session, number) == (situation.session, entry.number)
        visit = identify(number=number, birth_date=situation.born, access_code=code, block="")
        assert Entry.objects.get(pk=visit.entry_id).candidate_id == entry.candidate_id
        assert spell(code.replace("-", "")) == code


def test_september_is_reached_by_the_code_of_july():
    for situation, entry in cast_entries().items():
        if entry.session.replaces_id:
            july = Entry.objects.get(session=entry.session.replaces, number=entry.number)
            assert published(situation, july).verdict == "DEFERRED"
            visit = identify(
                number=july.number,
                birth_date=situation.born,
                access_code=access_code(july).replace("-", ""),
                block="",
            )
            assert visit.entry_id == entry.pk


def test_running_the_demo_twice_changes_nothing(loaded_demo):
    before = everything()
    again = run_demo()
    assert everything() == before
    assert [row["reason"] for row in before[PublishedResult] if row["revision"] == 2] == [
        "Erreur de report entre la copie et le relevé."
    ]
    assert "mot de passe" in loaded_demo.printed
    assert "mot de passe" not in again
