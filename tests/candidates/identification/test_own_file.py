"""A visitor's connection reaches the file of whoever it has the three secrets of, and no other."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from candidates.address_changes.changes import change_address
from candidates.identification.delay import OF_REFERENCES, Guess
from candidates.identification.entry import call, entries_of
from candidates.models import (
    AddressChange,
    CandidateEvent,
    Entry,
    FailedIdentification,
    IdentityRequest,
    Message,
    MessageChoices,
    ReDispatch,
)
from candidates.postal.address import Address
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.candidates.visits import MOVED, confirm, identify, review, words
from tests.visitor import reading_from_a_replica

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_this_year")]

READING = (
    "entries",
    "candidate",
    "address_changes",
    "identity_requests",
    "message_choices",
    "consents",
)
NEW = Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="new@exemple.fr")


def change(entry, **changes):
    """The arguments of `visitors_change_address` after the visit."""
    asked = {
        "reference": "ADR-7K3M-Q2PX",
        "form_key": "key",
        "old": Address.of(entry.candidate).as_dict(),
        "new": NEW.as_dict(),
        "mailings": [],
    }
    lists = {"lines": NEW.lines, "questions": [], "messages": []} | changes
    return [json.dumps(asked), *(json.dumps(value) for value in lists.values())]


def asked(**changes):
    """The argument of `visitors_ask_identity` after the visit."""
    values = {
        "reference": "CIV-7K3M-Q2PX",
        "form_key": "key",
        "asked": {"birth_name": "DUPOND"},
        "explanation": "",
        "proof": "preuves/0123456789abcdef.zip",
        "proof_type": "application/pdf",
        "proof_size": 1,
    }
    return [json.dumps(values | changes)]


def writing(entry):
    """Each function that changes a file, with its arguments after the visit."""
    return {
        "change_address": change(entry),
        "choose_publication": [True, "candidate"],
        "choose_messages": [False, False, "en"],
        "ask_identity": asked(),
        "attest": [1, "ATT-7K3M-Q2PX", bytes(16).hex(), timezone.now(), "{}", b"%PDF"],
    }


def other_keys(entry):
    """Visits of an entry that nobody has who did not type its secrets, or whose visit ended."""
    visit, other = factories.visit(entry), factories.entry()
    return [
        visit._replace(key=factories.visit(other).key),
        visit._replace(entry_id=other.pk),
        visit._replace(number=visit.number + 1),
        visit._replace(number=visit.number - 1),
        visit._replace(key=bytes(32).hex()),
        visit._replace(key=""),
    ]


def rows():
    """All that a visit may change, as it is now."""
    models = (AddressChange, IdentityRequest, Message, MessageChoices, ReDispatch)
    counted = [model.objects.count() for model in models]
    entries = Entry.objects.order_by("pk").values_list("web_consent", "candidate__city")
    return [*counted, *entries]


def test_a_visit_reads_the_file_of_its_candidate_and_no_other_can(entry):
    for function in ("entries", "candidate"):
        assert call(f"visitors_{function}", *factories.visit(entry).proof)
    change_address(
        factories.visit(entry), form_key="key", seen=Address.of(entry.candidate), new=NEW
    )
    for visit in other_keys(entry):
        for function in READING:
            own = call(f"visitors_{function}", *visit.proof)
            assert own is None, (function, visit)
        assert call("visitors_mail_is_refused", *visit.proof) == (False,)


def test_a_visit_changes_the_file_of_its_candidate_and_no_other_can(entry):
    visits, before = other_keys(entry), rows()
    for visit in visits:
        for function, arguments in writing(entry).items():
            assert call(f"visitors_{function}", *visit.proof, *arguments)[-1] == "ENDED"
    assert rows() == before
    assert call("visitors_change_address", *factories.visit(entry).proof, *change(entry))[0]
    assert rows() != before


def test_a_change_writes_to_its_own_mailboxes_and_asks_about_its_own_mailings(entry):
    other = factories.entry()
    message = {"subject": "s", "text": "t", "html": "h"}
    messages = [
        {"key": "ADR-7K3M-Q2PX old", "to": "lea@exemple.fr", **message},
        {"key": "ADR-7K3M-Q2PX new", "to": "new@exemple.fr", **message},
        {"key": "ADR-7K3M-Q2PX other", "to": "somebody@exemple.fr", **message},
        {"key": "another", "to": "new@exemple.fr", **message},
    ]
    question = {"kind": "score_sheet", "label": "Relevé", "mailed_on": None, "sealed_at": None}
    questions = [{"entry_id": one.pk, **question} for one in (entry, other)]
    arguments = change(entry, questions=questions, messages=messages)
    call("visitors_change_address", *factories.visit(entry).proof, *arguments)
    assert {message.to for message in Message.objects.all()} == {"lea@exemple.fr", "new@exemple.fr"}
    assert ReDispatch.objects.get().entry == entry


@pytest.mark.parametrize("path", ["../secret", "preuves/../x.zip", "preuves/taken.zip"])
def test_a_request_takes_no_file_that_is_not_its_own(entry, path):
    taken = {"reference": "CIV-0000-0000", "form_key": "other", "proof": "preuves/taken.zip"}
    visit = factories.visit(entry)
    call("visitors_ask_identity", *visit.proof, *asked(**taken))
    with pytest.raises(DatabaseError, match="no new proof"), transaction.atomic():
        call("visitors_ask_identity", *visit.proof, *asked(proof=path))
    assert IdentityRequest.objects.count() == 1


def test_a_missing_argument_does_nothing_and_no_error_tells_of_a_row():
    """An error would be that of the functions' owner, and show a result before its hour."""
    entry = factories.entry(marks=factories.ADMITTED)
    deliberate(entry.session)
    release.schedule(entry.session, at=timezone.now() + timedelta(days=1))
    functions = dict.fromkeys([*READING, "mail_is_refused"], ()) | writing(entry)
    before = rows()
    for function, arguments in functions.items():
        given = [*factories.visit(entry).proof, *arguments]
        for place in range(len(given)):
            missing = [*given[:place], None, *given[place + 1 :]]
            answer = call(f"visitors_{function}", *missing)
            assert not answer or not any(answer), (function, place)
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("new", {"city": "LYON"}),
        ("new", NEW.as_dict() | {"birth_name": "AUTRE"}),
        ("new", NEW.as_dict() | {"city": None}),
        ("lines", None),
        ("lines", "3 RUE"),
        ("lines", ["3 RUE", {"a": 1}]),
        ("lines", ["3 RUE"] * 6),
        ("lines", ["3 RUE " * 100]),
    ],
)
def test_a_new_address_is_one_whole_address_and_no_longer_than_one(entry, field, value):
    arguments = change(entry, **({field: value} if field == "lines" else {}))
    if field == "new":
        arguments[0] = json.dumps(json.loads(arguments[0]) | {"new": value})
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        call("visitors_change_address", *factories.visit(entry).proof, *arguments)
    assert "Failing row" not in str(refused.value)
    assert not AddressChange.objects.exists()


def test_nobody_takes_the_key_of_an_email_about_a_result(entry):
    message = {"key": "result 1 1 1", "to": NEW.email, "subject": "s", "text": "t", "html": "h"}
    arguments = change(entry, messages=[message])
    arguments[0] = json.dumps(json.loads(arguments[0]) | {"reference": "result"})
    call("visitors_change_address", *factories.visit(entry).proof, *arguments)
    assert not Message.objects.exists()


def test_a_change_is_in_the_history_whatever_the_connection_was_told_before(entry):
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore',"
            " '{candidates_candidate:before_update_update}', true),"
            " set_config('pghistory.context_metadata', '{\"by\": \"office\"}', true)"
        )
    call("visitors_change_address", *factories.visit(entry).proof, *change(entry))
    event = CandidateEvent.objects.get(id=entry.candidate_id)
    assert event.pgh_context == {"by": "candidate"}


def test_misses_are_forgiven_by_the_right_birth_date_alone():
    guesses = [
        Guess(f"{OF_REFERENCES}ATT-0000-0000", using="public"),
        Guess("password\nmanager", using="public"),
    ]
    for guess in guesses:
        assert not guess.begin()
        call("visitors_forgive", "ATT-0000-0000", "2004-12-31", guess.own)
    assert FailedIdentification.objects.filter(failures=1).count() == 2


def test_a_candidate_sees_all_their_entries_and_none_of_another(entry):
    later = factories.entry(session=factories.session("NEXT", year=factories.YEAR + 1))
    factories.entry()
    Entry.objects.filter(pk=later.pk).update(candidate=entry.candidate)
    assert {one.pk for one in entries_of(factories.visit(entry))} == {entry.pk, later.pk}


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        # The entries with session, speciality and académie, and the candidate; none has a school.
        ("/adresse/etat-civil/", 5 + 1),  # requests
        ("/adresse/courriels/", 5 + 2),  # choices; mail that was refused
        ("/adresse/", 5 + 5),  # three of mailings; changes; mail that was refused
        ("/resultats/publication/", 5 + 2),  # the result; the choices so far
    ],
)
def test_a_page_costs_the_same_whoever_sees_it(
    identified, entry, page, queries, django_assert_num_queries
):
    later = factories.entry(session=factories.session("NEXT", year=factories.YEAR + 1))
    Entry.objects.filter(pk=later.pk).update(candidate=entry.candidate)
    with django_assert_num_queries(queries, using="public"):
        assert identified.get(page).status_code == 200


def test_with_a_replica_pages_read_what_was_just_written_from_the_primary(client, entry, settings):
    with reading_from_a_replica(settings):
        identify(client, entry)
        receipt = client.get(confirm(client, review(client)).url)
        assert MOVED["city"].upper() in words(receipt)
        consent = client.post("/resultats/publication/", {"choice": "give"}, follow=True)
        assert "Accord donné le" in words(consent)
        assert client.get("/adresse/courriels/").status_code == 200
    assert AddressChange.objects.get().requested_at > timezone.now() - timedelta(minutes=1)
