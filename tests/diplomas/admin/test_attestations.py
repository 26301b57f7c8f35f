"""The office answers requests for old sessions: the oldest first, once, from its register."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from candidates.models.requests import TransitionError
from diplomas.attestations.requests import accept, refuse
from diplomas.models import Attestation, AttestationRequest
from tests.candidates.visits import words
from tests.diplomas.old_sessions import READ, accepted, asked
from tests.results.pages import texts
from tests.staff import client_of, member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

QUEUE = "admin:diplomas_attestationrequest_changelist"
ROLES = ["operator", "manager", "superuser"]
ANSWER = {
    "state": "ACCEPTED",
    "reason": "",
    "birth_name": "MARTIN",
    "usage_name": "",
    "given_names": "Zoé Anne",
    "birth_date": "14/07/1980",
    "birth_place": "Paris 12e",
    "diploma": "Brevet de technicien supérieur",
    "speciality": "Comptabilité et gestion",
    "session": "2001",
    "mention": "",
    "decided_on": "06/07/2001",
    "confirmed": "on",
}


def page_of(request, page="change"):
    return reverse(f"admin:diplomas_attestationrequest_{page}", args=[request.pk])


def test_the_queue_is_read_by_age_and_what_is_late_is_marked():
    now = timezone.now()
    new = asked(given_names="Nouvelle")
    late = asked(given_names="Ancienne", at=now - timedelta(days=60))
    done = accepted(given_names="Faite", at=now - timedelta(days=90))
    answer = client_of("operator").get(reverse(QUEUE))
    assert list(answer.context["cl"].result_list) == [late, new, done]
    assert words(answer).count("en retard") == 1


def test_a_request_is_found_by_its_reference_or_name_and_no_search_stands_in_a_url():
    found, _other = asked(), asked(birth_name="DURAND")
    for search in ("mart", found.reference[:8].lower()):
        answer = client_of("operator").post(reverse(QUEUE), {"q": search}, follow=True)
        assert list(answer.context["cl"].result_list) == [found]
        assert search not in answer.redirect_chain[-1][0]


@pytest.mark.parametrize("role", ROLES)
def test_accepting_prints_what_the_register_says_and_keeps_who_and_when(role):
    request, client = asked(), client_of(role)
    page = words(client.get(page_of(request)))
    assert "3 RUE DES ACACIAS" in page
    assert client.post(page_of(request), ANSWER).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.decided_by) == ("ACCEPTED", member(role))
    assert timezone.now() - request.decided_at < timedelta(minutes=1)
    attestation = request.attestation
    assert (attestation.reference, attestation.issued_by) == (request.reference, member(role))
    (paper,) = texts(bytes(attestation.pdf))
    for fact in ("Zoé Anne MARTIN", "Comptabilité et gestion", "Session 2001", "6 juillet 2001"):
        assert fact in paper
    decided = client.get(page_of(request))
    assert decided.status_code == 200
    link = reverse("admin:diplomas_attestation_change", args=[attestation.pk])
    assert link in decided.content.decode()


def test_what_is_claimed_stands_beside_the_fields_and_in_none_of_them():
    request, operator = asked(), client_of("operator")
    page = operator.get(page_of(request))
    form = page.context["adminform"].form
    for name in (*READ, "confirmed"):
        assert not form[name].value(), name
    for claim in (request.birth_name, request.speciality, f"{request.birth_date:%d/%m/%Y}"):
        assert f"La demande dit : {claim}" in words(page)
    ticked = {"state": "ACCEPTED", "reason": "", "confirmed": "on"}
    assert operator.post(page_of(request), ticked).context["adminform"].form.errors
    assert not Attestation.objects.exists()


BAD = {
    "not confirmed": ({"confirmed": ""}, "confirmed"),
    "no title": ({"diploma": " "}, "diploma"),
    "no session": ({"session": ""}, "session"),
    "no date": ({"decided_on": ""}, "decided_on"),
    "date of another session": ({"decided_on": "06/07/1999"}, "decided_on"),
    "no name": ({"birth_name": ""}, "birth_name"),
    "no letter that prints": ({"speciality": "日本"}, "speciality"),
    "no decision": ({"state": "SUBMITTED"}, "state"),
    "refused without a reason": ({"state": "REFUSED", "reason": " "}, "reason"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_answer_that_is_not_whole_is_asked_for_beside_its_field(case):
    request, (changes, field) = asked(), BAD[case]
    answer = client_of("operator").post(page_of(request), ANSWER | changes)
    assert field in answer.context["adminform"].form.errors
    request.refresh_from_db()
    assert request.state == "SUBMITTED"
    assert not Attestation.objects.exists()


def test_a_refusal_carries_its_reason():
    request = asked()
    client_of("operator").post(
        page_of(request), {"state": "REFUSED", "reason": "Rien au registre."}
    )
    request.refresh_from_db()
    assert (request.state, request.reason) == ("REFUSED", "Rien au registre.")
    assert request.decided_by == member("operator")


def test_a_request_is_decided_once_whoever_presses_again():
    request, by = asked(), member("operator")
    first = accept(request, read=READ, by=by)
    again = accept(request, read=READ | {"session": 1999}, by=member("manager"))
    assert (again.attestation_id, again.decided_by) == (first.attestation_id, by)
    assert Attestation.objects.count() == 1
    with pytest.raises(TransitionError):
        refuse(request, reason="Non.", by=by)
    assert client_of("manager").post(page_of(request), ANSWER).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_nobody_makes_up_or_deletes_a_request(role):
    request, client = asked(), client_of(role)
    add = reverse("admin:diplomas_attestationrequest_add")
    assert client.get(add).status_code == 403
    assert client.post(page_of(request, "delete"), {"post": "yes"}).status_code == 403


def test_half_a_decision_is_refused_by_the_database():
    asked()
    for half in ({"state": "ACCEPTED"}, {"state": "REFUSED", "decided_at": timezone.now()}):
        with pytest.raises(IntegrityError, match="decided_whole"), transaction.atomic():
            AttestationRequest.objects.update(**half)


def test_a_proof_is_seen_as_pictures_by_who_decides_and_the_journal_says_who(
    client, django_user_model
):
    proof = page_of(asked(), "proof")
    assert "/1.jpg" in client_of("operator").get(proof).content.decode()
    assert LogEntry.objects.get().user == member("operator")
    assert client.get(proof).url.startswith(reverse("admin:login"))
    newcomer = django_user_model.objects.create_user("nouveau", is_staff=True)
    newcomer.user_permissions.add(_right("view_attestationrequest"))
    client.force_login(newcomer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(proof).status_code == 403
    assert client.get(reverse(QUEUE)).status_code == 200


def _right(codename):
    return Permission.objects.get(codename=codename)


def test_who_may_only_look_sees_no_form(django_user_model, client):
    request = asked()
    looker = django_user_model.objects.create_user("lecteur", is_staff=True)
    looker.user_permissions.add(_right("view_attestationrequest"))
    client.force_login(looker, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(page_of(request))
    assert "MARTIN" in words(page)
    assert 'name="decided_on"' not in page.content.decode()
    assert client.post(page_of(request), ANSWER).status_code == 403


@pytest.mark.slow
def test_the_queue_costs_the_same_however_long(django_assert_max_num_queries):
    client = client_of("operator")
    asked()
    client.get(reverse(QUEUE))
    with django_assert_max_num_queries(12) as one:
        client.get(reverse(QUEUE))
    for number in range(5):
        asked(given_names=f"Zoé {'I' * number}")
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(reverse(QUEUE))
