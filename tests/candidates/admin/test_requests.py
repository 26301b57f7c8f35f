"""Admin pages of the candidates' online requests."""

import io
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from candidates.address_changes.changes import change_address
from candidates.address_changes.redispatches import decide
from candidates.civil_status.requests import identity_of, submit
from candidates.models import AddressChange, Candidate, IdentityRequest, Message, ReDispatch
from candidates.models.requests import TransitionError
from candidates.postal.address import Address
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import identify, words
from tests.staff import client_of, member

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.usefixtures("of_this_year"),
]

STAFF = ["operator", "manager", "superuser"]


@pytest.fixture
def mailed_entry():
    """An entry whose score sheet was posted yesterday."""
    made = factories.entry("26AB12CD34", email="lea@exemple.fr")
    made.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=1)
    made.session.save()
    return made


@pytest.fixture
def change(mailed_entry):
    new = Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="b@exemple.fr")
    seen = Address.of(mailed_entry.candidate)
    made = change_address(factories.visit(mailed_entry), form_key="key", seen=seen, new=new)
    return AddressChange.objects.get(reference=made)


@pytest.fixture
def request_of(mailed_entry):
    made = submit(
        factories.visit(mailed_entry),
        form_key="key",
        asked=identity_of(mailed_entry.candidate) | {"birth_name": "DUPOND"},
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    return IdentityRequest.objects.get(reference=made)


def page_of(row, page="change"):
    names = row._meta.app_label, row._meta.model_name, page
    return reverse("admin:{}_{}_{}".format(*names), args=[row.pk] if page != "changelist" else [])


def test_the_office_reads_what_changed_and_what_was_said(change):
    page = words(client_of("operator").get(page_of(change)))
    assert "12 RUE DES LILAS" in page
    assert "69003 LYON" in page
    assert "trop tard" in page


@pytest.mark.parametrize("search", ["26AB12CD34", "adr-"])
def test_a_change_is_found_by_its_number_or_reference_and_no_search_stands_in_a_url(change, search):
    client = client_of("operator")
    answer = client.post(page_of(change, "changelist"), {"q": search}, follow=True)
    assert list(answer.context["cl"].result_list) == [change]
    assert search not in answer.redirect_chain[-1][0]


@pytest.mark.parametrize("role", STAFF)
def test_nobody_rewrites_or_deletes_what_a_candidate_asked(role, change, request_of):
    client = client_of(role)
    message = Message.objects.order_by("pk").first()
    for row in (change, ReDispatch.objects.get(), request_of, message):
        assert client.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    for row in (change, message):
        assert client.post(page_of(row), {"reference": "X"}).status_code == 403


def test_a_mailing_that_had_left_is_sent_again_once(change):
    row, client = ReDispatch.objects.get(), client_of("operator")
    assert "3 RUE DES ACACIAS" in words(client.get(page_of(row)))
    client.post(page_of(row), {"state": "SENT_AGAIN", "note": "Recommandé."})
    row.refresh_from_db()
    assert (row.state, row.note) == ("SENT_AGAIN", "Recommandé.")
    assert row.decided_by == member("operator")
    assert client.post(page_of(row), {"state": "CLOSED", "note": ""}).status_code == 403
    with pytest.raises(TransitionError):
        decide(row, state="CLOSED", by=member("operator"))


def test_many_are_closed_in_one_go(change):
    client, row = client_of("operator"), ReDispatch.objects.get()
    data = {"action": "close", "_selected_action": [row.pk]}
    page = client.post(page_of(row, "changelist"), data, follow=True)
    assert "1 envoi décidé." in words(page)
    row.refresh_from_db()
    assert row.state == "CLOSED"


def test_a_note_alone_decides_nothing(change):
    row = ReDispatch.objects.get()
    client_of("operator").post(page_of(row), {"state": "TO_DECIDE", "note": "À rappeler."})
    row.refresh_from_db()
    assert (row.state, row.note, row.decided_at) == ("TO_DECIDE", "À rappeler.", None)


def accepted(client, request):
    """Accept a request; return the page that follows: the correction."""
    data = {"state": "ACCEPTED", "reason": "Vu l’acte."}
    return client.post(page_of(request), data, follow=True)


def filled_in(page):
    """What the form of a correction would send as it is shown."""
    data = {}
    for form in page.context["edit"].forms:
        for field in form:
            value = field.value()
            if value not in (None, "", False):
                data[field.html_name] = field.field.prepare_value(value)
                if hasattr(value, "strftime"):
                    data[field.html_name] = f"{value:%d/%m/%Y}"
    return data


def correcting(page):
    path, query = page.request["PATH_INFO"], page.request["QUERY_STRING"]
    return f"{path}?{query}"


WAITS = "acceptée, pas encore corrigée"


def waiting(client):
    """The accepted requests that the first page of the admin leads to."""
    page = client.get(reverse("admin:index"))
    (address,) = [i["address"] for i in page.context["work"] if "a-corriger" in i["address"]] or [
        ""
    ]
    return list(client.get(address).context["cl"].result_list) if address else []


def test_accepting_a_request_opens_the_correction_filled_in(request_of, mailed_entry):
    client = client_of("operator")
    assert "nom de naissance : DUPONT → DUPOND" in words(client.get(page_of(request_of)))
    page = accepted(client, request_of)
    correct = reverse("admin:candidates_entry_correct", args=[mailed_entry.pk])
    assert correcting(page) == f"{correct}?demande={request_of.pk}"
    data = filled_in(page)
    assert (data["identite-birth_name"], data["reason"]) == ("DUPOND", "Vu l’acte.")
    assert request_of.reference in words(page)
    request_of.refresh_from_db()
    assert (request_of.state, request_of.decided_by) == ("ACCEPTED", member("operator"))
    mailed_entry.candidate.refresh_from_db()
    assert mailed_entry.candidate.birth_name == "DUPONT"


def test_an_accepted_request_waits_until_the_name_is_changed(request_of, mailed_entry):
    client = client_of("operator")
    page = accepted(client, request_of)
    assert waiting(client) == [request_of]
    assert WAITS in words(client.get(page_of(request_of, "changelist")))
    data, address = filled_in(page), correcting(page)
    preview = client.post(address, data)
    (change,) = preview.context["changes"]
    assert (change.before, change.after) == ("DUPONT", "DUPOND")
    assert waiting(client) == [request_of], "a preview changes nothing"
    client.post(address, data | {"_confirm": "1"})
    assert waiting(client) == []
    mailed_entry.candidate.refresh_from_db()
    assert mailed_entry.candidate.birth_name == "DUPOND"
    request_of.refresh_from_db()
    assert request_of.corrected_at


def test_a_correction_that_leaves_the_name_as_it_was_answers_no_request(request_of):
    client = client_of("operator")
    page = accepted(client, request_of)
    other = filled_in(page) | {
        "identite-birth_name": "DUPONT",
        "identite-birth_place": "LYON",
        "_confirm": "1",
    }
    client.post(correcting(page), other)
    assert waiting(client) == [request_of]


@pytest.mark.slow
def test_a_name_written_otherwise_than_asked_answers_the_request_that_it_was_made_for(request_of):
    client = client_of("operator")
    page = accepted(client, request_of)
    data = filled_in(page) | {"identite-birth_name": "DU POND", "_confirm": "1"}
    client.post(correcting(page), data)
    assert waiting(client) == []


@pytest.mark.slow
def test_a_name_corrected_by_another_door_answers_the_request_all_the_same(
    request_of, mailed_entry
):
    client = client_of("operator")
    page = accepted(client, request_of)
    Candidate.objects.filter(pk=mailed_entry.candidate_id).update(birth_name="DUPOND")
    client.post(correcting(page), filled_in(client.get(correcting(page))))
    assert waiting(client) == []


def test_the_candidate_reads_whether_an_accepted_request_is_done(request_of, mailed_entry, client):
    accepted(client_of("operator"), request_of)
    identify(client, mailed_entry)
    sent = reverse("candidates:identity_sent", args=[request_of.reference])
    assert "La correction de votre dossier est en cours" in words(client.get(sent))
    IdentityRequest.objects.update(corrected_at=timezone.now())
    assert "Votre dossier est corrigé depuis le" in words(client.get(sent))


def test_only_an_accepted_request_is_corrected(request_of):
    with pytest.raises(IntegrityError, match="identity_request_corrected_was_accepted"):
        IdentityRequest.objects.update(corrected_at=timezone.now())


def test_a_decision_without_a_reason_is_asked_for_one(request_of):
    page = client_of("operator").post(page_of(request_of), {"state": "REFUSED", "reason": " "})
    assert "Une décision est motivée." in words(page)
    request_of.refresh_from_db()
    assert request_of.state == "SUBMITTED"


def test_saving_no_decision_is_not_said_to_have_saved_anything(request_of):
    reason = {"state": "SUBMITTED", "reason": "Vu l’acte."}
    page = client_of("operator").post(page_of(request_of), reason)
    assert "sans décision, rien n’est enregistré" in words(page)
    assert "Vu l’acte." in page.content.decode()
    request_of.refresh_from_db()
    assert (request_of.state, request_of.reason) == ("SUBMITTED", "")


def pictures(page):
    return re.findall(r'<img src="([^"]+\.jpg)"', page.content.decode())


def test_a_proof_is_seen_as_pictures_and_the_file_that_was_sent_is_offered_to_nobody(request_of):
    client = client_of("operator")
    page = client.get(page_of(request_of, "proof"))
    assert "download" not in page.content.decode()
    (address,) = pictures(page)
    picture = client.get(address)
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"].startswith("sandbox;")
    assert "no-store" in picture["Cache-Control"]
    assert Image.open(io.BytesIO(picture.content)).size == (2000, 2000)
    with request_of.proof.open() as stored:
        assert b"%PDF" not in stored.read()


def test_a_proof_stored_before_there_were_pictures_is_seen_in_the_same_way(request_of):
    request_of.proof.storage.save("preuves/ancienne", ContentFile(papers.pdf()))
    IdentityRequest.objects.update(proof="preuves/ancienne")
    client = client_of("operator")
    (address,) = pictures(client.get(page_of(request_of, "proof")))
    assert client.get(address)["Content-Type"] == "image/jpeg"


def test_an_old_proof_that_does_not_open_is_said_not_to(request_of):
    request_of.proof.storage.save("preuves/lourde", ContentFile(papers.locked()))
    IdentityRequest.objects.update(proof="preuves/lourde")
    page = client_of("operator").get(page_of(request_of, "proof"))
    assert "mot de passe" in words(page)
    assert pictures(page) == []


def test_who_opened_a_proof_is_written_down_and_no_picture_is_seen_without(request_of):
    client = client_of("operator")
    (address,) = pictures(client.get(page_of(request_of, "proof")))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (member("operator"), str(request_of.pk))
    assert client.get(address).status_code == 200
    assert client.get(address.replace("1.jpg", "2.jpg")).status_code == 404
    assert client_of("manager").get(address).status_code == 404


def test_a_proof_is_for_staff_with_the_right_to_see_it(request_of, client, django_user_model):
    proof = page_of(request_of, "proof")
    assert client.get(proof).url.startswith(reverse("admin:login"))
    newcomer = django_user_model.objects.create_user("nouveau", is_staff=True)
    client.force_login(newcomer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(proof).status_code == 403


def test_a_proof_that_was_deleted_is_said_to_be(request_of):
    IdentityRequest.objects.update(proof="")
    client = client_of("operator")
    assert "supprimée" in words(client.get(page_of(request_of)))
    assert client.get(page_of(request_of, "proof")).status_code == 404


def test_messages_given_up_get_another_try(change):
    Message.objects.update(state="FAILED")
    rows = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    data = {"action": "try_again", "_selected_action": rows}
    address = reverse("admin:candidates_message_changelist")
    page = client_of("operator").post(address, data, follow=True)
    assert "2 messages à renvoyer." in words(page)
    assert Message.objects.due().count() == 2


def test_no_request_is_made_up_by_the_office():
    client = client_of("superuser")
    for model in (AddressChange, ReDispatch, IdentityRequest, Message):
        name = f"admin:candidates_{model._meta.model_name}_add"
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("role", STAFF)
def test_the_first_page_says_what_waits_and_leads_there(role, change, request_of):
    browser = client_of(role)
    page = browser.get(reverse("admin:index"))
    shown = {item["address"]: item["count"] for item in page.context["work"]}
    assert set(shown.values()) == {1}
    for model in (ReDispatch, IdentityRequest):
        (address,) = [a for a in shown if f"/{model._meta.model_name}/" in a]
        assert browser.get(address).context["cl"].result_count == 1


def test_when_nothing_waits_the_first_page_says_so(mailed_entry):
    assert "Rien n’attend." in words(client_of("operator").get(reverse("admin:index")))


def test_the_first_page_tells_nobody_what_they_may_not_see(change):
    page = client_of("operator")
    User.objects.get(username="operator").groups.clear()
    assert page.get(reverse("admin:index")).context["work"] == []
