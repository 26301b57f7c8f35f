"""What waits for staff: said on the first page since when, and listed from the oldest on."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from candidates.admin.waiting import MOST, since_when
from candidates.locks import taken_for_sender
from candidates.models import (
    FileImport,
    IdentityRequest,
    Job,
    Message,
    ReDispatch,
)
from tests import factories
from tests.candidates.visits import words
from tests.staff import client_of, member

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
NOBODY_SENDS = "Aucun programme n’envoie les courriels"


def ago(**units):
    return timezone.now() - timedelta(**units)


def message(key, **values):
    own = {"to": "lea@exemple.fr", "subject": "Objet", "text": "Texte"}
    return Message.objects.create(key=key, entry=None, **(own | values))


def file_import(state, **values):
    defaults = {
        "kind": "marks",
        "label": "notes",
        "session": factories.session(),
        "author": member("operator"),
        "name": "notes.csv",
        "size": 1,
        "sha256": "0" * 64,
        "state": state,
        "digest": "1",
        "report": {"errors": []},
    }
    return FileImport.objects.create(**(defaults | values))


def work(role="operator"):
    """What the first page says of each queue: number, since when, and the address of its list."""
    page = client_of(role).get(HOME)
    return {
        item["address"].partition("attente=")[2]: (item["count"], item["when"], item["address"])
        for item in page.context["work"]
    }


def listed(address, role="operator"):
    return list(client_of(role).get(address).context["cl"].result_list)


@pytest.fixture
def requests_of_candidates():
    """Requests and re-dispatches: the newer is written first, and one of each is decided."""
    entry = factories.entry("26AB12CD34")
    made = {"entry": entry, "present": {"birth_name": "A"}, "asked": {"birth_name": "B"}}
    decided = {"decided_at": ago(days=2), "reason": "Vu."}
    for name, days, values in (
        ("NEW", 1, {}),
        ("OLD", 5, {}),
        ("REFUSED", 9, decided | {"state": "REFUSED"}),
        ("TO CORRECT", 9, decided | {"state": "ACCEPTED"}),
        ("CORRECTED", 9, decided | {"state": "ACCEPTED", "corrected_at": ago(days=1)}),
    ):
        at = {"reference": name, "form_key": name, "submitted_at": ago(days=days), "proof_size": 1}
        IdentityRequest.objects.create(**made, **at, **values)
    for kind, days, values in (
        ("new", 2, {}),
        ("old", 7, {}),
        ("closed", 9, {"state": "CLOSED", "decided_at": ago(days=8)}),
    ):
        row = ReDispatch.objects.create(entry=entry, kind=kind, label=kind, **values)
        ReDispatch.objects.filter(pk=row.pk).update(created_at=ago(days=days))


def test_each_queue_is_counted_dated_and_listed_alone_from_the_oldest_on(requests_of_candidates):
    found = work()
    assert {name: count for name, (count, _when, _address) in found.items()} == {
        "a-decider": 2,
        "a-examiner": 2,
        "a-corriger": 1,
    }
    assert list(found) == ["a-decider", "a-examiner", "a-corriger"], "the oldest queue first"
    day = timezone.localtime(ago(days=7))
    assert found["a-decider"][1].startswith(f"le {day.day} ")
    assert found["a-decider"][1].endswith("(7 jours)")
    assert [str(row) for row in listed(found["a-decider"][2])] == ["old", "new"]
    assert [str(row) for row in listed(found["a-examiner"][2])] == ["OLD", "NEW"]
    assert [str(row) for row in listed(found["a-corriger"][2])] == ["TO CORRECT"]
    page = words(client_of("manager").get(HOME))
    assert "Demandes sur l’état civil à examiner 2 le" in page


def test_the_whole_tables_too_begin_with_what_has_waited_longest(requests_of_candidates):
    for model, first in ((IdentityRequest, ["OLD", "NEW"]), (ReDispatch, ["old", "new"])):
        address = reverse(f"admin:candidates_{model._meta.model_name}_changelist")
        assert [str(row) for row in listed(address)][:2] == first


def test_mails_wait_once_they_are_late_given_up_or_without_an_answer():
    message("new", created_at=ago(minutes=2))
    message("put off", created_at=ago(hours=3), not_before=timezone.now() + timedelta(hours=1))
    message("given up", state="FAILED", not_before=ago(days=3))
    message("handed", state="HANDED", not_before=ago(hours=1))
    message("sent", state="SENT", created_at=ago(days=3), sent_at=ago(days=3))
    found = work()
    assert {name: count for name, (count, _when, _address) in found.items()} == {
        "pas-partis": 1,
        "sans-reponse": 1,
        "abandonnes": 1,
    }
    for name, key in (("pas-partis", "put off"), ("abandonnes", "given up")):
        assert [row.key for row in listed(found[name][2])] == [key]
    assert NOBODY_SENDS not in words(client_of("operator").get(HOME)), "it was tried, and put off"


def test_mails_that_nobody_sends_raise_an_alarm_until_a_sender_is_there():
    message("forgotten", created_at=ago(hours=3), not_before=ago(hours=2))
    manager = client_of("manager")
    assert f"{NOBODY_SENDS} : ils attendent depuis" in words(manager.get(HOME))
    with taken_for_sender():
        page = words(manager.get(HOME))
    assert NOBODY_SENDS not in page
    assert "Courriels pas encore partis" in page
    call_command("send_messages", limit=0)
    assert NOBODY_SENDS in words(manager.get(HOME)), "that sender has ended"


def test_an_import_waits_to_be_confirmed_or_for_the_file_without_its_errors():
    file_import("READY")
    refused = file_import("REFUSED", finished_at=ago(days=2), kind="schools", errors=30)
    file_import("REFUSED", finished_at=ago(days=20), kind="entries", report={})
    found = work()
    assert {name: count for name, (count, _when, _address) in found.items()} == {
        "a-confirmer": 1,
        "avec-erreurs": 1,
    }
    assert listed(found["avec-erreurs"][2]) == [refused]
    file_import("DONE", finished_at=ago(days=1), kind="schools")
    assert "avec-erreurs" not in work()


def test_a_job_that_failed_waits_until_somebody_has_read_it():
    Job.objects.create(
        kind="x",
        label="Délibération",
        lock="x",
        language="fr",
        author=member("manager"),
        state="FAILED",
        finished_at=ago(hours=30),
    )
    assert work()["echec"][0] == 1
    Job.objects.update(seen=True)
    assert work() == {}


def test_of_very_many_the_first_page_says_how_many_at_least():
    Message.objects.bulk_create(
        Message(
            key=str(number),
            to="a@exemple.fr",
            subject="o",
            text="t",
            state="FAILED",
            not_before=ago(days=2),
        )
        for number in range(MOST + 1)
    )
    assert "Courriels abandonnés plus de 1000 le" in words(client_of("operator").get(HOME))


def test_a_reader_is_told_of_the_tables_that_they_may_see_and_of_no_other(requests_of_candidates):
    reader = User.objects.create_user("lecteur", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_redispatch"))
    message("forgotten", created_at=ago(hours=3), not_before=ago(hours=2))
    assert list(work("lecteur")) == ["a-decider"]
    page = words(client_of("lecteur").get(HOME))
    assert NOBODY_SENDS not in page
    assert "Sessions en cours" not in page
    denied = client_of("lecteur").get(reverse("admin:candidates_identityrequest_changelist"))
    assert denied.status_code == 403


def test_when_nothing_waits_the_first_page_says_so_in_a_sentence():
    assert "Rien n’attend." in words(client_of("operator").get(HOME))


def test_since_when_is_the_hour_of_today_and_else_the_day():
    now = timezone.localtime()
    assert since_when(now) == f"{now:%H:%M}"
    assert since_when(now - timedelta(days=1)).endswith("(1 jour)")
    assert since_when(datetime.fromisoformat("2020-06-03T10:00+02:00")).startswith(
        "le 3 juin 2020 ("
    )
