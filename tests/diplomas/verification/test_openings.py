"""The holder of a document learns when it was verified, and nobody learns by whom."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from diplomas.models import Revocation, VerificationOpening
from results.models import PublishedResult
from results.publication import release
from tests.candidates.visits import anonymous
from tests.databases import purge
from tests.diplomas import published
from tests.diplomas.published import code_of, correct, identify, open_page
from tests.results.screen import plain
from tests.staff import member

pytestmark = pytest.mark.django_db


def mine(client, entry):
    identify(client, entry)
    return plain(client.get(reverse("diplomas:openings")).content.decode())


def test_a_candidate_sees_how_often_and_when_their_document_was_verified(client, open_people):
    entry = open_people["admitted"]
    for _ in range(3):
        open_page(client, code_of(entry))
    hour = timezone.localtime().replace(minute=0)
    page = mine(client, entry)
    assert "Vérifié 3 fois :" in page
    assert f"{hour.hour} h 00" in page.replace("\xa0", " ")


def test_openings_of_another_hour_stand_on_a_line_of_their_own(client, open_people):
    entry = open_people["admitted"]
    open_page(client, code_of(entry))
    earlier = VerificationOpening.objects.get()
    VerificationOpening.objects.create(
        published_result=earlier.published_result,
        hour=earlier.hour - timedelta(days=1),
        times=4,
    )
    page = mine(client, entry)
    assert "Vérifié 5 fois :" in page
    assert page.count("dans l’heure du") == 2


def test_nobody_sees_the_openings_of_somebody_else(client, open_people):
    open_page(client, code_of(open_people["admitted"]))
    assert "Personne ne l’a encore vérifié." in mine(client, open_people["refused"])


def test_only_an_identified_candidate_sees_openings(client, open_people):
    answer = client.get(reverse("diplomas:openings"))
    assert (answer.status_code, answer.url) == (
        302,
        f"{reverse('results:lookup')}?suite=diplomas%3Aopenings",
    )


def test_the_result_page_leads_there(client, open_people):
    identify(client, open_people["admitted"])
    page = client.get(reverse("results:mine")).content.decode()
    assert f'href="{reverse("diplomas:openings")}"' in page


def test_every_document_of_a_candidate_is_listed_with_what_became_of_it(client, open_people):
    entry = open_people["refused"]
    correct(entry, 1900)
    page = mine(client, entry)
    assert page.count("Code de vérification") == 2
    assert page.count("par un relevé plus récent") == 1
    newest = PublishedResult.objects.get(entry=entry, revision=2)
    Revocation.objects.create(published_result=newest, reason="Volé.", by=member("manager"))
    assert "par le service des examens. Ne le présentez plus." in mine(client, entry)


def test_a_withheld_candidate_has_no_document(client, open_people):
    assert "Vous n’avez pas de document" in mine(client, open_people["withheld"])


def test_before_the_hour_nobody_has_a_document(client):
    people = published.people(at=timezone.now() + timedelta(hours=1))
    pages = {anonymous(mine(client, entry)) for entry in people.values()}
    assert len(pages) == 1
    assert "Vous n’avez pas de document" in pages.pop()


def test_the_page_of_openings_costs_three_queries(client, open_people, django_assert_num_queries):
    open_page(client, code_of(open_people["admitted"]))
    identify(client, open_people["admitted"])
    # 1. the attestations of the entry  2. its open rows  3. their openings
    with django_assert_num_queries(3, using="public"):
        client.get(reverse("diplomas:openings"))


def test_what_is_not_shown_does_not_count(client, open_people):
    code = code_of(open_people["admitted"])
    client.head(reverse("diplomas:verify", args=[code]))
    Revocation.objects.create(
        published_result=PublishedResult.objects.get(entry=open_people["refused"]),
        reason="Volé.",
        by=member("manager"),
    )
    open_page(client, code_of(open_people["refused"]))
    open_page(client, "0" * 26)
    assert not VerificationOpening.objects.exists()


def test_what_is_kept_of_an_opening_is_the_hour_and_nothing_of_the_visitor(client, open_people):
    open_page(client, code_of(open_people["admitted"]))
    fields = {field.name for field in VerificationOpening._meta.get_fields()}
    assert fields == {"id", "published_result", "attestation", "hour", "times"}
    kept = VerificationOpening.objects.get()
    assert (kept.hour.minute, kept.hour.second, kept.hour.microsecond) == (0, 0, 0)


def test_past_its_retention_no_opening_and_no_revocation_is_left(client, open_people):
    open_page(client, code_of(open_people["admitted"]))
    Revocation.objects.create(
        published_result=PublishedResult.objects.get(entry=open_people["refused"]),
        reason="DUPONT a perdu son relevé.",
        by=member("manager"),
    )
    purge(before=timezone.localdate() + timedelta(days=1))
    assert not VerificationOpening.objects.exists()
    assert not Revocation.objects.exists()


def as_visitor(statement):
    with transaction.atomic(using="public"), connections["public"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT reason FROM diplomas_revocation",
        "SELECT by_id FROM diplomas_revocation",
        "INSERT INTO diplomas_revocation (published_result_id, reason, by_id) VALUES (1, 'x', 1)",
        "DELETE FROM diplomas_revocation",
        "DELETE FROM diplomas_verificationopening",
        "UPDATE diplomas_verificationopening SET hour = now()",
        "UPDATE results_sealedscoresheet SET pdf = ''",
        "DELETE FROM results_sealedscoresheet",
    ],
)
def test_a_visitor_only_counts_and_reads_that_a_document_is_revoked(open_people, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_visitor(statement)


def test_a_visitor_reads_and_counts_nothing_of_a_release_that_is_not_open(client, open_people):
    open_page(client, code_of(open_people["admitted"]))
    Revocation.objects.create(
        published_result=PublishedResult.objects.get(entry=open_people["refused"]),
        reason="Volé.",
        by=member("manager"),
    )
    release.withdraw(release.Release.objects.get(), by=member("superuser"))
    assert as_visitor("SELECT times FROM diplomas_verificationopening") == []
    assert as_visitor("SELECT at FROM diplomas_revocation") == []
    assert as_visitor("UPDATE diplomas_verificationopening SET times = 0") == 0
