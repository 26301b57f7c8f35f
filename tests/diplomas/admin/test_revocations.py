"""Revoking a document: by who may, with a reason, once, and never quietly undone."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from diplomas.models import Revocation
from results.document import verification_code
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.diplomas.published import code_of, correct, open_page
from tests.results.screen import plain
from tests.staff import client_of

pytestmark = pytest.mark.django_db

ADD = "admin:diplomas_revocation_add"
LIST = "admin:diplomas_revocation_changelist"


def revoke(client, document, reason="Relevé volé, plainte déposée."):
    return client.post(reverse(ADD), {"document": document, "reason": reason})


def test_a_manager_revokes_the_document_whose_code_is_given(manager, client, open_people):
    code = code_of(open_people["admitted"])
    assert revoke(manager, code.lower()).status_code == 302
    revocation = Revocation.objects.get()
    assert revocation.by.username == "manager"
    assert verification_code.plain(revocation.published_result.verification_code) == code
    assert "révoqué" in plain(open_page(client, code).content.decode())


def test_by_the_number_of_a_candidate_the_last_document_is_revoked(manager, open_people):
    entry = open_people["refused"]
    correct(entry, 1900)
    revoke(manager, f" {entry.number[:4]} {entry.number[4:]}")
    assert Revocation.objects.get().published_result.revision == 2


def test_a_number_of_two_sessions_needs_the_code(manager, open_people):
    number = open_people["admitted"].number
    later = factories.session("BTS-2027", year=2027)
    again = factories.entry(number, marks=factories.ADMITTED, session=later)
    deliberate(later)
    release.schedule(later)
    assert "donnez le code du bon" in plain(revoke(manager, number).content.decode())
    revoke(manager, code_of(again))
    assert Revocation.objects.get().published_result.entry == again


@pytest.mark.parametrize("document", ["", "9999999999", "0" * 26, "\x00", "🙂", "x" * 61])
def test_what_names_no_published_document_is_refused_beside_its_field(
    manager, open_people, document
):
    answer = revoke(manager, document)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["document"]


def test_a_withheld_candidate_has_nothing_to_revoke(manager, open_people):
    for document in (open_people["withheld"].number, code_of(open_people["withheld"])):
        assert "Aucun document" in plain(revoke(manager, document).content.decode())


def test_a_document_is_revoked_once_and_with_a_reason(manager, open_people):
    code = code_of(open_people["admitted"])
    assert revoke(manager, code, reason=" ").status_code == 200
    revoke(manager, code)
    assert "déjà révoqué" in plain(revoke(manager, code).content.decode())
    assert Revocation.objects.count() == 1


@pytest.mark.parametrize(("role", "status"), [("operator", 403), ("manager", 200)])
def test_operators_see_revocations_and_only_managers_make_them(role, status, open_people):
    client = client_of(role)
    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(reverse(ADD)).status_code == status


def test_a_revocation_is_never_rewritten_and_only_a_superuser_takes_it_back(
    manager, client, open_people
):
    code = code_of(open_people["admitted"])
    revoke(manager, code)
    change = reverse("admin:diplomas_revocation_change", args=[Revocation.objects.get().pk])
    assert manager.post(change, {"reason": "autre"}).status_code == 403
    delete = change.replace("change", "delete")
    assert manager.post(delete, {"post": "yes"}).status_code == 403
    assert client_of("superuser").post(delete, {"post": "yes"}).status_code == 302
    assert "authentique" in plain(open_page(client, code).content.decode())
    assert LogEntry.objects.filter(content_type__model="revocation").count() == 2


def test_the_list_names_the_entry_and_is_searched_by_number(manager, open_people):
    revoke(manager, code_of(open_people["admitted"]))
    revoke(manager, code_of(open_people["refused"]))
    number = open_people["refused"].number
    page = manager.post(reverse(LIST), {"q": number}, follow=True).content.decode()
    assert number in page
    assert open_people["admitted"].number not in page
    address = reverse("admin:diplomas_revocation_change", args=[Revocation.objects.last().pk])
    assert manager.get(address).status_code == 200
