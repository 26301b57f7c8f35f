"""Anyone handed a score sheet can see what ours says, and nothing more than it says."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidates import throttle
from results import release, verification_code
from results.correction import correction
from results.deliberation import deliberate
from results.models import PublishedResult
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def publish(people, **options):
    deliberate(people["admitted"].session)
    return release.schedule(people["admitted"].session, **options)


def code_of(entry, revision=1):
    row = PublishedResult.objects.get(entry=entry, revision=revision)
    return verification_code.plain(row.verification_code)


def verify(client, code):
    return client.get(reverse("diplomas:verify", kwargs={"code": code}))


def seen(response):
    """The page without its own address, which the choice of language carries."""
    return re.sub(rb'value="[^"]*"', b"", response.content)


def test_every_printed_field_is_there_to_be_compared(client, people):
    publish(people)
    page = verify(client, code_of(people["refused"])).content.decode()
    for printed in ("CARON", "Léa", people["refused"].number, "Pratique professionnelle"):
        assert printed in page
    for figure in ("5,50", "33", "6,00"):
        assert figure in page
    assert "12 RUE DES LILAS" not in page


def test_an_old_revision_says_that_it_was_replaced_and_not_by_what(
    client, people, django_user_model
):
    publish(people)
    entry = people["refused"]
    with correction(entry, by=django_user_model.objects.create_user("boss"), reason="Erreur."):
        entry.marks.filter(test__code="U3").update(value=1900)
    old, new = verify(client, code_of(entry)), verify(client, code_of(entry, revision=2))
    assert "Il a été remplacé" in old.content.decode()
    assert "12,00" not in old.content.decode()
    assert "Il a été remplacé" not in new.content.decode()
    assert "12,00" in new.content.decode()


def test_before_the_hour_a_code_names_no_document(client, people):
    publish(people, at=timezone.now() + timedelta(hours=1))
    known = verify(client, code_of(people["admitted"]))
    unknown = verify(client, "0" * 26)
    assert known.status_code == unknown.status_code == 404
    assert seen(known) == seen(unknown)


def test_a_withheld_result_has_no_document_to_confirm(client, people):
    publish(people)
    assert verify(client, code_of(people["withheld"])).status_code == 404


@pytest.mark.parametrize("code", ["x", "é" * 26, "0" * 5000, "%00", "٣" * 26, "🙂", "U" * 26])
def test_nonsense_gets_the_same_page_as_an_unknown_code(client, people, code):
    publish(people)
    assert seen(verify(client, code)) == seen(verify(client, "0" * 26))


def test_a_code_is_read_however_it_is_typed(client, people):
    publish(people)
    code = code_of(people["admitted"])
    typed = " ".join(code[i : i + 4] for i in range(0, 26, 4)).lower()
    response = client.post(reverse("diplomas:verify"), {"code": typed})
    assert response.url == reverse("diplomas:verify", kwargs={"code": code})
    assert "ALBERT" in client.get(response.url).content.decode()


def test_an_incomplete_code_is_said_to_be_so_and_kept(client):
    response = client.post(reverse("diplomas:verify"), {"code": "K3QM 7T2A"})
    assert "pas complet" in response.content.decode()
    assert "K3QM 7T2A" in response.content.decode()


def test_trying_codes_at_random_is_slowed_down_where_it_comes_from(client, people, monkeypatch):
    publish(people)
    monkeypatch.setattr(
        "diplomas.verification.VERIFICATION_FROM_BLOCK",
        throttle.Limit(3, timedelta(minutes=10)),
    )
    for number in range(3):
        assert verify(client, f"{number:026d}").status_code == 404
    assert verify(client, f"{9:026d}").status_code == 429
    elsewhere = client.get(
        reverse("diplomas:verify", kwargs={"code": code_of(people["admitted"])}),
        REMOTE_ADDR="198.51.100.7",
    )
    assert elsewhere.status_code == 200


def test_a_document_costs_three_queries(client, people, django_assert_num_queries):
    publish(people)
    code = code_of(people["admitted"])
    # 1. the brake  2. the document  3. whether it was replaced
    with django_assert_num_queries(3, using="public"):
        verify(client, code)


def test_the_page_is_neither_kept_nor_indexed(client, people):
    publish(people)
    response = verify(client, code_of(people["admitted"]))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.content.decode()
