"""Old sessions: asked for by anybody, promised for a date, followed by who knows the birth date."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from django.test import RequestFactory
from django.utils import timezone

from candidates.identification.delay import FORGOTTEN_AFTER, FREE_MISSES
from candidates.messages import outbox
from candidates.models import Academy, FailedIdentification, Message
from diplomas.attestations import issuing, requests, working_days
from diplomas.attestations.form import PERSON
from diplomas.attestations.requests import KEPT, refuse
from diplomas.models import Attestation, AttestationRequest, VerificationOpening
from results.document import verification_code
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import fields, hidden, words
from tests.databases import acting_as_owner, purge
from tests.diplomas import old_sessions
from tests.diplomas.old_sessions import ASK, FOLLOW, READ, accepted, asked, follow, open_form, send
from tests.diplomas.published import open_page
from tests.results.pages import texts
from tests.staff import member

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(autouse=True)
def _a_session_and_an_empty_storage(db):
    factories.session()
    for name in stored():
        default_storage.delete(f"preuves/{name}")


def stored():
    try:
        return default_storage.listdir("preuves")[1]
    except FileNotFoundError:
        return []


def test_the_academy_comes_first_and_an_academy_of_ours_has_the_form(client):
    page = client.get("/attestation/demande/")
    for academy in Academy.objects.order_by("name"):
        assert f">{academy.name}</option>" in page.content.decode()
    assert "Étape 2 sur 2" in words(client.get(ASK))


def test_another_academy_is_named_with_its_rectorat_and_no_form_is_sent(client):
    academy = Academy.objects.filter(managed=False).order_by("code").first()
    address = f"/attestation/demande/?academie={academy.code}"
    page = words(client.get(address))
    assert academy.rectorat in page
    assert academy.website in page
    answer = client.post(address, {**old_sessions.TYPED, "proof": papers.upload(papers.pdf())})
    assert academy.rectorat in words(answer)
    assert not AttestationRequest.objects.exists()


@pytest.mark.parametrize("code", ["", "99", "x", "%00", "🙂"])
def test_an_academy_that_is_none_is_asked_for_again(client, code):
    assert "Étape 1 sur 2" in words(client.get(f"/attestation/demande/?academie={code}"))


def test_a_request_has_a_reference_a_promised_date_and_an_email(client):
    sent = send(client)
    request = AttestationRequest.objects.get()
    assert sent.url == f"/attestation/demande/{request.reference}/"
    page = words(client.get(sent.url))
    assert request.reference in page
    promised = working_days.after(timezone.localdate(), 15)
    assert request.promised_on == promised
    assert f"{promised.day} " in page
    assert str(promised.year) in page
    assert outbox.send_due() == (1, 0)
    (email,) = mail.outbox
    assert email.to == ["zoe@exemple.fr"]
    assert request.reference in email.body
    for personal in ("MARTIN", "Zoé", "1980", "Acacias", "Comptabilité"):
        assert personal not in email.body + page
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": "14 juillet 1980"},
        {"birth_date": "140780"},
        {"postcode": "69\u00a0003"},
        {"address1": "3 rue des Acacias", "address3": ""},
    ],
    ids=str,
)
def test_what_is_typed_otherwise_is_the_same_request(client, changes):
    send(client, **changes)
    request = AttestationRequest.objects.get()
    assert request.birth_date == READ["birth_date"]
    assert request.address.lines == ["3 RUE DES ACACIAS", "69003 LYON"]


def test_an_address_without_a_line_is_refused_as_on_the_address_page(client):
    assert "Remplissez au moins une ligne." in words(send(client, address3=""))


@pytest.mark.parametrize("around", ["{}", " réf. : {}", "\u200b{}", "«{}»"])
def test_a_request_is_followed_by_its_reference_however_it_is_copied(client, around):
    send(client)
    reference = AttestationRequest.objects.get().reference
    page = follow(client, around.format(reference.replace("-", "–").lower()), "14/07/1980")
    assert "Nous ne trouvons pas" not in words(page)


def test_what_was_typed_is_kept_as_it_was_typed(client):
    send(client)
    request = AttestationRequest.objects.get()
    assert (request.birth_name, request.given_names, request.year) == ("MARTIN", "Zoé", 2001)
    assert request.birth_date == READ["birth_date"]
    assert request.address.lines == ["3 RUE DES ACACIAS", "69003 LYON"]
    assert request.academy_id == "01"


REFUSED = {
    "arabic": ("birth_name", "محمد", "alphabet latin"),
    "emoji": ("given_names", "Zoé 🙂", "alphabet latin"),
    "emoji in the address": ("address3", "3 rue 🏠", "ne s’impriment pas"),
    "no name": ("birth_name", " ", "obligatoire"),
    "future birth date": ("birth_date", "31/12/2999", "comme 31/12/2004"),
    "no date": ("birth_date", "31/02/1980", "comme 31/12/2004"),
    "year 1800": ("year", "1800", "de 1950 à 2026"),
    "year to come": ("year", "2027", "de 1950 à 2026"),
    "year of words": ("year", "deux mille", "comme 1998"),
    "too young": ("year", "1985", "trop jeune"),
    "no diploma": ("exam", "", "Choisissez un diplôme"),
    "invented diploma": ("exam", "DOCTORAT", "n’en fait pas partie"),
    "other without a name": ("exam", "AUTRE", "nom exact"),
    "formula": ("school", "=1+1", "formule"),
    "no such department": ("postcode", "96000", "Aucun département"),
    "no email": ("email", "zoé@@", "courriel"),
    "too long": ("speciality", "x" * 5000, "150 au plus"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_beside_its_field_and_the_rest_is_kept(client, case):
    name, typed, error = REFUSED[case]
    speciality = {"speciality": ""} if case == "other without a name" else {}
    page = send(client, **({name: typed} | speciality))
    assert page.status_code == 200
    (field,) = page.context["form"].errors
    assert field == ("speciality" if case == "other without a name" else name)
    assert error in words(page)
    assert fields(page)["birth_place"] == "Paris"
    assert not AttestationRequest.objects.exists()
    assert stored() == []


FILES = {
    "30 MB": (b"\xff\xd8\xff" + b"0" * 30_000_000, "29 Mo"),
    "script": (papers.SVG, "ni un PDF"),
    "empty": (b"", "vide"),
    "locked": (papers.locked(), "mot de passe"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_proof_is_refused_and_the_rest_is_kept(client, case):
    content, error = FILES[case]
    page = send(client, file=content)
    assert error in words(page)
    assert "Choisissez de nouveau votre fichier" in words(page)
    assert fields(page)["birth_name"] == "MARTIN"
    assert stored() == []


def test_a_file_is_opened_only_when_the_rest_of_the_form_is_right(client):
    """The locked file is not found out: it was not opened."""
    page = send(client, file=papers.locked(), year="1800")
    assert list(page.context["form"].errors) == ["year"]


@pytest.mark.parametrize("typed", [{}, {"birth_name": "\x00"}, {"year": "9" * 400}])
def test_nonsense_is_no_failure_of_the_site(client, typed):
    answer = client.post(ASK, typed)
    assert answer.status_code == 200
    assert not AttestationRequest.objects.exists()


def test_the_back_button_and_a_double_click_send_one_request(client):
    opened = open_form(client)
    first, second = send(client, opened=opened), send(client, opened=opened)
    assert first.url == second.url
    assert AttestationRequest.objects.count() == 1
    assert Message.objects.count() == 1
    send(client, opened=opened, year="2002")
    assert AttestationRequest.objects.count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
@pytest.mark.slow
def test_the_same_request_twice_at_once_is_kept_once():
    def once(_number):
        try:
            return _submitted()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(once, range(2)))) == 1
    assert AttestationRequest.objects.count() == 1
    assert len(stored()) == 1


def _submitted():
    typed = {name: old_sessions.TYPED[name] for name in ("exam", "speciality", "school")}
    person = {name: READ[name] for name in PERSON}
    return requests.submit(
        asked={**typed, **person, "year": 2001, "academy_id": "01", "city": "LYON"},
        form_key="key",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
        throttle=old_sessions.Free(),
        opening=old_sessions.Free(),
    )


def test_who_sends_too_many_is_told_so_keeps_the_words_and_shuts_no_neighbour_out(client):
    assert send(client).status_code == 302
    throttle = requests.sending_throttle(RequestFactory().post(ASK))
    for _request in range(requests.SENT_FROM_LINE.failures - 1):
        throttle.count_failure()
    # Had this file been opened, the page would say that it is locked.
    page = send(client, file=papers.locked(), given_names="Une de trop")
    assert page.status_code == 429
    assert "Trop de demandes" in words(page)
    assert fields(page)["given_names"] == "Une de trop"
    assert page["Retry-After"] == "86400"
    elsewhere = client.post(
        ASK,
        {**old_sessions.TYPED, "proof": papers.upload(papers.pdf())},
        REMOTE_ADDR="127.0.0.9",
    )
    assert elsewhere.status_code == 302


def test_a_request_is_followed_by_its_reference_and_birth_date(client):
    request = asked()
    page = words(follow(client, f" {request.reference.lower()} ", "14.07.1980"))
    assert "Votre demande est en cours" in page
    assert "69003 LYON" in page


def test_a_wrong_reference_and_a_wrong_birth_date_are_told_alike(client):
    reference = asked().reference
    pages = {
        follow(client, name, day).content.decode().split("<main")[1].split("<form")[0]
        for name, day in ((reference, "15/07/1980"), ("ATT-0000-0000", "14/07/1980"))
    }
    assert len(pages) == 1
    assert "Nous ne trouvons pas cette demande" in pages.pop()


def test_who_guesses_birth_dates_waits_longer_each_time_even_with_the_right_one(client):
    reference = asked().reference
    for day in range(1, FREE_MISSES + 1):
        follow(client, reference, f"{day:02d}/01/1980")
    counted = FailedIdentification.objects.filter(failures=FREE_MISSES).order_by("failures")
    assert counted.update(failures=FREE_MISSES + 6, until=Now() + FORGOTTEN_AFTER) == 2
    page = follow(client, reference)
    assert page.status_code == 429
    assert 60 < int(page["Retry-After"]) <= 64
    assert "Trop d’essais" in words(page)
    assert "attendez 2 minutes" in words(page)
    FailedIdentification.objects.update(until=F("until") - timedelta(seconds=64))
    assert follow(client, reference).status_code == 200


def test_who_guesses_at_references_shuts_no_neighbour_out(client):
    reference = asked().reference
    for number in range(requests.WRONG.failures + 1):
        page = follow(client, f"ATT-0000-{number:04d}")
    assert (page.status_code, page["Retry-After"]) == (429, "600")
    assert "Votre demande est en cours" in words(follow(client, reference))


def test_nobody_follows_the_attestation_of_a_candidate_of_the_portal_by_a_birth_date(client):
    entry = factories.entry(marks=factories.ADMITTED)
    deliberate(entry.session)
    release.schedule(entry.session)
    attestation = issuing.issue(factories.visit(entry))
    assert "Nous ne trouvons pas" in words(follow(client, attestation.reference, "31/12/2004"))


def test_an_accepted_request_is_downloaded_and_confirmed_field_by_field(client):
    request = accepted()
    page = follow(client, request.reference)
    assert "Votre attestation est prête" in words(page)
    answer = client.post("/attestation/suivi/fichier/", {"token": hidden(page)["token"]})
    (paper,) = texts(answer.content)
    verified = words(
        open_page(client, verification_code.plain(request.attestation.verification_code))
    )
    assert "Ce document est authentique" in verified
    for fact in (
        "Zoé Anne MARTIN",
        "14 juillet 1980 à Paris 12e",
        "Brevet de technicien supérieur",
        "Comptabilité et gestion",
        "2001",
        "6 juillet 2001",
        request.reference,
    ):
        assert fact in paper, fact
        assert fact in verified, fact
    assert VerificationOpening.objects.get().times == 1
    assert "Vérifié 1 fois" in words(follow(client, request.reference))


def test_a_download_needs_the_page_that_asked_for_the_birth_date(client, time_machine):
    request = accepted()
    token = hidden(follow(client, request.reference))["token"]
    for forged in ("", "1", token[:-1]):
        assert client.post("/attestation/suivi/fichier/", {"token": forged}).url == FOLLOW
    assert client.get("/attestation/suivi/fichier/").status_code == 405
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert client.post("/attestation/suivi/fichier/", {"token": token}).url == FOLLOW


def test_the_mail_of_a_decision_says_nothing_but_where_to_look():
    accepted()
    refuse(asked(given_names="Zoé B"), reason="Rien au registre de 2001.", by=member("operator"))
    ready, refused = Message.objects.filter(key__endswith="decided").order_by("pk")
    assert ready.subject == "Votre attestation est prête"
    for message in (ready, refused):
        assert "/attestation/suivi/" in message.text
        for personal in ("MARTIN", "Zoé", "1980", "2001", "registre"):
            assert personal not in message.text + message.html + message.subject


def test_the_mail_is_in_the_language_of_the_request(client):
    client.cookies["django_language"] = "en"
    send(client)
    accepted_one = requests.accept(
        AttestationRequest.objects.get(), read=READ, by=member("operator")
    )
    assert accepted_one.language == "en"
    assert Message.objects.get(key__endswith="decided").subject == "Your certificate is ready"


def test_a_refusal_is_read_with_its_reason(client):
    request = refuse(asked(), reason="Rien au registre.", by=member("operator"))
    page = words(follow(client, request.reference))
    assert "Votre demande est refusée" in page
    assert "Rien au registre." in page
    assert not Attestation.objects.exists()


def test_a_month_after_the_decision_the_request_goes_and_the_attestation_stays(
    client, django_capture_on_commit_callbacks
):
    request = requests.accept(
        asked(),
        read=READ,
        by=member("operator"),
        at=timezone.now() - KEPT - timedelta(minutes=1),
    )
    assert Message.objects.count() == 2
    asked(given_names="Une autre")
    with django_capture_on_commit_callbacks(execute=True):
        outbox.send_due()  # the process that the clock wakes
    assert [left.given_names for left in AttestationRequest.objects.all()] == ["Une autre"]
    assert len(stored()) == 1
    assert not Message.objects.filter(key__startswith=request.reference).exists()
    assert "Votre attestation est prête" in words(follow(client, request.reference))


def test_past_its_retention_what_the_office_read_in_its_register_is_forgotten():
    request = accepted()
    AttestationRequest.objects.update(decided_at=timezone.now() - KEPT - timedelta(minutes=1))
    purge(before=timezone.localdate())
    assert Attestation.objects.filter(reference=request.reference).exists()
    assert not AttestationRequest.objects.exists()
    forgotten = purge(before=timezone.localdate() + timedelta(days=1))
    assert forgotten.rows["diplomas_attestation"] == 1
    assert not Attestation.objects.exists()


def test_the_purge_says_what_it_forgets_even_if_no_session_has_ended():
    accepted()
    AttestationRequest.objects.update(decided_at=timezone.now() - KEPT - timedelta(minutes=1))
    out = StringIO()
    with acting_as_owner():
        call_command("purge", stdout=out)
    assert "1 diplomas_attestationrequest" in out.getvalue()


def test_a_rehearsed_purge_forgets_no_request():
    accepted()
    AttestationRequest.objects.update(decided_at=timezone.now() - KEPT - timedelta(minutes=1))
    rehearsed = purge(before=timezone.localdate() + timedelta(days=1), dry_run=True)
    assert rehearsed.rows["diplomas_attestationrequest"] == 1
    assert AttestationRequest.objects.exists()
    assert Attestation.objects.exists()


def test_the_pages_cost_the_same_however_long_the_queue(client, django_assert_num_queries):
    accepted()
    reference = asked(given_names="Zoé B").reference
    # 1.-4. the guess at this reference, in a transaction  5. old ones go  6. the request
    # 7. the guess was right  8. its académie
    with django_assert_num_queries(8, using="public") as heard:
        follow(client, reference)
    assert "attestation_request" in heard.captured_queries[5]["sql"]
