import datetime
from io import StringIO

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from candidates.address_changes.changes import change_address
from candidates.civil_status.requests import identity_of, submit
from candidates.models import (
    Account,
    AddressChange,
    Candidate,
    CommandRun,
    Entry,
    IdentityRequest,
    Message,
    MessageChoices,
    Reading,
    ReDispatch,
    Session,
)
from candidates.postal.address import Address
from results.models import Decision, JuryDecision, Mark, PublishedResult, Release
from results.publication.correction import correction
from results.publication.retention import end_of_retention
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import choose_messages
from tests.databases import acting_as_owner, purge

pytestmark = pytest.mark.django_db


def tomorrow():
    return timezone.localdate() + datetime.timedelta(days=1)


def test_past_its_retention_nothing_personal_is_left(open_people, django_user_model):
    boss = django_user_model.objects.create_user("boss")
    with correction(open_people["refused"], by=boss, reason="Le candidat DUPONT a écrit."):
        open_people["refused"].marks.filter(test__code="U3").update(value=1900)
        JuryDecision.objects.create(
            entry=open_people["refused"], points=1, reason="DUPONT est méritant.", author=boss
        )
    for row in (open_people["refused"], open_people["refused"].candidate):
        LogEntry.objects.log_actions(boss.pk, [row], CHANGE, "DUPONT → DUPOND")
    entry = open_people["refused"]
    Reading.objects.create(user=boss, what="entry", entries=[entry.pk], before_release=False)
    CommandRun.objects.create(command="deliberate", system_user="boss")
    purge(before=tomorrow())
    for model in (
        Reading,
        CommandRun,
        Account.pgh_event_model,
        PublishedResult,
        Decision,
        Mark,
        Entry,
        Candidate,
        Mark.pgh_event_model,
        Entry.pgh_event_model,
        Candidate.pgh_event_model,
        JuryDecision.pgh_event_model,
        LogEntry,
    ):
        assert not model.objects.exists(), model
    assert Session.objects.exists()


def test_what_a_candidate_asked_online_is_forgotten_with_its_proof(
    open_people, django_capture_on_commit_callbacks
):
    entry = open_people["admitted"]
    entry.session.score_sheets_mailed_on = timezone.localdate() - datetime.timedelta(days=1)
    entry.session.save()
    change_address(
        factories.visit(entry),
        form_key="key",
        seen=Address.of(entry.candidate),
        new=Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="a@b.fr"),
    )
    asked = identity_of(entry.candidate) | {"birth_name": "ALBERD"}
    reference = submit(
        factories.visit(entry),
        form_key="key",
        asked=asked,
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    request = IdentityRequest.objects.get(reference=reference)
    choose_messages(entry, releases=False)
    with django_capture_on_commit_callbacks(execute=True):
        purge(before=tomorrow(), dry_run=True)
    assert default_storage.exists(request.proof.name)
    with django_capture_on_commit_callbacks(execute=True):
        purge(before=tomorrow())
    for model in (AddressChange, ReDispatch, IdentityRequest, Message, MessageChoices):
        assert not model.objects.exists(), model
    assert not default_storage.exists(request.proof.name)


def test_a_session_that_ended_later_is_kept_whole(open_people):
    purge(before=timezone.localdate() - datetime.timedelta(days=1))
    assert Entry.objects.count() == 6


def test_a_dry_run_forgets_nothing_and_says_what_would_go(open_people):
    forgotten = purge(before=tomorrow(), dry_run=True)
    assert forgotten.rows["candidates_entry"] == 6
    assert Entry.objects.count() == 6


def test_somebody_entered_in_a_later_session_is_still_known(open_people):
    later = factories.entry(session=factories.session("BTS-2090", year=2090))
    Entry.objects.filter(pk=later.pk).update(candidate=open_people["admitted"].candidate)
    purge(before=tomorrow())
    assert open_people["admitted"].candidate in Candidate.objects.order_by("pk")


def test_after_a_purge_what_was_public_is_guarded_again(open_people):
    purge(before=datetime.date(2000, 1, 1))
    with pytest.raises(Exception, match="has been public"):
        PublishedResult.objects.order_by("pk")[:1].get().delete()


def test_a_session_is_forgotten_after_the_years_that_candidates_read(open_people, settings):
    def run(**options):
        out = StringIO()
        with acting_as_owner():
            call_command("purge", stdout=out, **options)
        return out.getvalue()

    def opened(**ago):
        Release.objects.update(withdrawn_at=timezone.now())
        opens_at = timezone.now() - datetime.timedelta(**ago)
        Release.objects.update(opens_at=opens_at, withdrawn_at=None)

    settings.RETENTION_YEARS = 2
    ended = timezone.localdate() - datetime.timedelta(days=2 * 365 + 3)
    opened(days=2 * 365 - 3)
    assert "Aucune session" in run()
    assert Entry.objects.exists()
    with pytest.raises(CommandError, match="RETENTION_YEARS : 2"):
        run(before=timezone.localdate().isoformat())
    opened(days=2 * 365 + 3)
    assert "Aucune session" in run(before=ended.isoformat())
    run()
    assert not Entry.objects.exists()


def test_a_leap_day_ends_a_retention_a_day_early(settings):
    settings.RETENTION_YEARS = 6
    assert end_of_retention(datetime.date(2028, 2, 29)) == datetime.date(2022, 2, 28)
    assert end_of_retention(datetime.date(2026, 12, 1)) == datetime.date(2020, 12, 1)


@pytest.mark.parametrize("date", ["hier", "2999-01-01"])
def test_the_command_refuses_a_date_that_makes_no_sense(date):
    with pytest.raises(CommandError), acting_as_owner():
        call_command("purge", before=date)


def test_without_the_owners_login_the_command_says_so_and_forgets_nothing():
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("purge", before="2000-01-01")


def test_the_command_says_when_there_is_nothing_to_forget():
    out = StringIO()
    with acting_as_owner():
        call_command("purge", before="2000-01-01", stdout=out)
    assert "Aucune session" in out.getvalue()
