"""Another name or birth date: asked with a proof, decided by the office, kept out of reach."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from candidates.civil_status import proofs
from candidates.civil_status.requests import PROOF_KEPT, decide, identity_of, submit
from candidates.messages import outbox
from candidates.models import IdentityRequest, Message
from candidates.models.requests import TransitionError
from results_portal.uploads import sandbox
from tests import factories
from tests.candidates import papers
from tests.candidates.visits import fields, hidden, identify, words
from tests.staff import member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PAGE = "/adresse/etat-civil/"
ASKED = {
    "birth_name": "DUPOND",
    "usage_name": "",
    "given_names": "Léa",
    "birth_date": "31/12/2004",
    "birth_place": "Paris",
    "explanation": "Mon nom finit par un D.",
}
State = IdentityRequest.State


@pytest.fixture(autouse=True)
def _empty_storage():
    for name in stored():
        default_storage.delete(f"preuves/{name}")


def stored():
    try:
        return default_storage.listdir("preuves")[1]
    except FileNotFoundError:
        return []


def send(client, content=None, *, name="acte.pdf", opened=None, **changes):
    opened = opened or hidden(client.get(PAGE))
    proof = {"proof": papers.upload(papers.pdf() if content is None else content, name)}
    keys = {"opened_by": opened["opened_by"], "key": opened["key"]}
    return client.post(PAGE, {**keys, **ASKED, **changes, **proof})


def asked_for(entry, **changes):
    made = submit(
        factories.visit(entry),
        form_key="key",
        asked=identity_of(entry.candidate) | {"birth_name": "DUPOND"} | changes,
        explanation="",
        proof=papers.upload(papers.pdf()),
        proof_type="application/pdf",
    )
    return IdentityRequest.objects.get(reference=made)


def message_beside(page, field):
    return page.content.decode().partition(f'id="id_{field}-erreur"')[2].partition("</div>")[0]


def test_the_form_shows_what_the_file_says_to_the_candidate_alone(client, entry):
    assert client.get(PAGE).status_code == 302
    identify(client, entry)
    assert fields(client.get(PAGE)) == {
        "birth_name": "DUPONT",
        "usage_name": "",
        "given_names": "Léa",
        "birth_date": "31/12/2004",
        "birth_place": "Paris",
    }


def test_a_request_is_kept_with_its_proof_and_changes_nothing(identified, entry):
    answer = send(identified)
    request = IdentityRequest.objects.get()
    assert (request.asked["birth_name"], request.present["birth_name"]) == ("DUPOND", "DUPONT")
    assert request.state == State.SUBMITTED
    with request.proof.open() as proof:
        assert sandbox.count(proof) == 1
    entry.candidate.refresh_from_db()
    assert entry.candidate.birth_name == "DUPONT"
    sent = identified.get(answer.url)
    assert "bien reçue" in words(sent)
    assert "DUPOND" in words(sent)
    assert f'href="{PAGE}">Retour à vos demandes</a>' in sent.content.decode()
    assert request.reference in words(identified.get(PAGE))


def test_a_proof_lies_under_a_name_that_says_nothing_where_no_page_leads(identified, entry):
    send(identified, name="../../DUPONT léa.pdf")
    path = IdentityRequest.objects.get().proof.name
    folder, name = path.split("/")
    assert folder == "preuves"
    assert re.fullmatch(r"[0-9a-f]{32}\.zip", name)
    for place in (f"/{path}", f"/media/{path}", f"/static/{path}"):
        assert identified.get(place).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (papers.SVG, "acte.pdf", "ni un PDF"),
        (papers.image("JPEG") + b"\0" * 30 * 1024 * 1024, "photo.jpg", "10 Mo au plus"),
        (b"", "vide.pdf", "vide"),
        (papers.locked(), "acte.pdf", "mot de passe"),
    ],
)
def test_a_bad_file_gets_its_message_and_the_rest_of_the_form_is_kept(
    identified, content, name, said
):
    page = send(identified, content, name=name)
    assert page.status_code == 200
    assert said in message_beside(page, "proof")
    assert fields(page) == {n: v for n, v in ASKED.items() if n != "explanation"}
    assert ASKED["explanation"] in page.content.decode()
    assert not IdentityRequest.objects.exists()
    assert stored() == []


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"birth_name": ""}, "birth_name", "obligatoire"),
        ({"birth_name": "دوبون"}, "birth_name", "alphabet latin"),
        ({"given_names": "Léa 🙂"}, "given_names", "🙂"),
        ({"given_names": "123"}, "given_names", "lettre"),
        ({"usage_name": "A" * 81}, "usage_name", "80"),
        ({"birth_date": "31/02/2004"}, "birth_date", "31/12/2004"),
        ({"birth_date": "01/01/2090"}, "birth_date", "31/12/2004"),
        ({"explanation": "A" * 501}, "explanation", "500"),
    ],
)
def test_a_bad_value_gets_its_message_beside_its_field(identified, changes, field, said):
    page = send(identified, **changes)
    assert page.status_code == 200
    assert said in message_beside(page, field)
    assert not IdentityRequest.objects.exists()


def test_asking_for_what_the_file_says_already_is_no_request(identified):
    page = send(identified, birth_name="DUPONT")
    assert "Ce sont déjà les informations de votre dossier" in words(page)


def test_without_a_file_there_is_no_request(identified):
    opened = hidden(identified.get(PAGE))
    page = identified.post(PAGE, {**opened, **ASKED})
    assert "Joignez une pièce" in message_beside(page, "proof")


def test_without_a_file_one_is_told_already_that_nothing_was_changed(identified):
    opened = hidden(identified.get(PAGE))
    page = identified.post(PAGE, {**opened, **ASKED, "birth_name": "DUPONT"})
    assert "Joignez une pièce" in message_beside(page, "proof")
    assert "Ce sont déjà les informations de votre dossier" in words(page)


def test_a_photograph_of_a_telephone_is_taken_as_it_is():
    photograph = papers.upload(papers.image("JPEG") + b"\0" * 9 * 1024 * 1024, "photo.jpg")
    assert proofs.kind_of(photograph) == "image/jpeg"


def test_a_double_click_sends_one_request_with_one_file(identified):
    opened = hidden(identified.get(PAGE))
    assert send(identified, opened=opened).url == send(identified, opened=opened).url
    assert IdentityRequest.objects.count() == 1
    assert len(stored()) == 1


def test_a_form_gone_back_to_and_corrected_sends_the_correction(identified):
    opened = hidden(identified.get(PAGE))
    send(identified, opened=opened)
    send(identified, opened=opened, birth_name="DUPOND-MARTIN")
    assert IdentityRequest.objects.count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_the_same_request_twice_at_once_is_kept_once(entry):
    def once(_number):
        try:
            return asked_for(entry).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(once, range(2)))) == 1
    assert IdentityRequest.objects.count() == 1
    assert len(stored()) == 1


def test_five_requests_a_day_are_enough(identified):
    for number in range(5):
        send(identified, birth_name=f"DUPOND {'I' * number}")
    page = send(identified, birth_name="DUPOND-MARTIN")
    assert page.status_code == 429
    assert page["Retry-After"] == "86400"
    assert "Trop de demandes" in words(page)
    assert fields(page)["birth_name"] == "DUPOND-MARTIN"


def test_an_identification_that_expires_keeps_all_but_the_file(identified, entry, time_machine):
    opened = hidden(identified.get(PAGE))
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    asked = send(identified, opened=opened)
    assert "Votre saisie est gardée" in words(identified.get(asked.url))
    assert identify(identified, entry, after=asked.url).url == PAGE
    page = identified.get(PAGE)
    assert fields(page)["birth_name"] == "DUPOND"
    assert "Choisissez de nouveau votre fichier" in words(page)
    assert not IdentityRequest.objects.exists()
    assert stored() == []


def test_a_form_opened_by_somebody_else_sends_nothing(identified, entry):
    opened = hidden(identified.get(PAGE))
    identify(identified, factories.entry())
    assert "n’était plus le vôtre" in words(send(identified, opened=opened))
    assert not IdentityRequest.objects.exists()


def test_a_request_is_for_its_own_candidate(identified):
    sent = send(identified).url
    identify(identified, factories.entry())
    assert identified.get(sent).status_code == 404


def test_the_office_decides_with_a_reason_that_the_candidate_reads(identified, entry):
    sent = send(identified).url
    request = IdentityRequest.objects.get()
    decide(request, state=State.REFUSED, by=member("operator"), reason="L’acte dit DUPONT.")
    page = words(identified.get(sent))
    assert "refusée" in page
    assert "L’acte dit DUPONT." in page
    message = Message.objects.get()
    assert message.to == "lea@exemple.fr"
    assert "DUPON" not in message.text + message.html


def test_a_decision_is_made_once(entry):
    request, by = asked_for(entry), member("operator")
    first = decide(request, state=State.ACCEPTED, by=by, reason="Vu l’acte.")
    again = decide(request, state=State.ACCEPTED, by=member("manager"), reason="Encore.")
    assert (again.reason, again.decided_by) == (first.reason, by)
    assert Message.objects.count() == 1
    with pytest.raises(TransitionError):
        decide(request, state=State.REFUSED, by=by, reason="Non.")


@pytest.mark.parametrize(("state", "reason"), [(State.ACCEPTED, "  "), (State.SUBMITTED, "Vu.")])
def test_a_decision_is_a_decision_and_has_a_reason(entry, state, reason):
    with pytest.raises(TransitionError):
        decide(asked_for(entry), state=state, by=member("operator"), reason=reason)


def test_a_proof_is_deleted_a_month_after_the_decision(entry, django_capture_on_commit_callbacks):
    request, now = asked_for(entry), timezone.now()
    old = now - PROOF_KEPT - timedelta(minutes=1)
    decide(request, state=State.ACCEPTED, by=member("operator"), reason="Vu.", at=old)
    kept = asked_for(entry, birth_name="DURAND")
    with django_capture_on_commit_callbacks(execute=True):
        outbox.send_due()  # the process that the clock wakes
    request.refresh_from_db()
    assert request.proof == ""
    assert stored() == [kept.proof.name.removeprefix("preuves/")]
