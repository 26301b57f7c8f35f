"""E-mails on the events of a diploma: once, to those who want them, naming nobody."""

import pytest
from django.core import mail

from candidates.messages import outbox
from candidates.models import Circular, Message
from diplomas.dispatch import custody, dispatch
from diplomas.models import EventKind, Route
from tests.candidates.visits import choose_messages
from tests.diplomas import dispatched, published
from tests.diplomas.dispatched import diploma_of

pytestmark = pytest.mark.django_db

LEA = "lea@exemple.fr"


def sent(entry):
    return [m.content.subject for m in Message.objects.filter(entry=entry).order_by("pk")]


def text(entry):
    return Message.objects.filter(entry=entry).latest("pk").content.text


def test_who_gets_it_by_post_is_told_when_it_is_posted_and_not_before(individual):
    batch = dispatched.batch(Route.HOME, stage="PRINTED")
    assert sent(individual) == []
    dispatched.advance(batch, "SENT")
    assert sent(individual) == ["Votre diplôme est posté"]
    assert "le 3 septembre 2026" in text(individual).replace("\xa0", " ")


def test_who_collects_it_is_told_when_the_school_has_it():
    entry = dispatched.at_school(email=LEA)
    dispatched.released()
    batch = dispatched.batch(stage="SENT")
    assert sent(entry) == []
    dispatched.advance(batch, "ARRIVED")
    assert sent(entry) == ["Votre diplôme vous attend"]


def test_a_diploma_that_arrives_alone_is_told_too_and_once():
    entry = dispatched.at_school(email=LEA)
    dispatched.released()
    batch = dispatched.batch(stage="SENT")
    custody.record(diploma_of(entry), EventKind.ARRIVED, by=None)
    dispatch.mark_arrived(batch, on=dispatched.SENT_ON)
    assert sent(entry) == ["Votre diplôme vous attend"]


def test_who_has_to_give_an_address_is_told_that_it_came_back(individual):
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(diploma_of(individual), EventKind.RETURNED, by=None, cause="NPAI")
    assert sent(individual)[-1] == "Votre diplôme nous est revenu"


def test_a_held_diploma_is_not_told_as_posted():
    held, other = dispatched.at_home(email=LEA), dispatched.at_home("CARON", email="a@b.fr")
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="PRINTED")
    dispatch.hold(batch, [diploma_of(held)], reason="Doute.")
    dispatched.advance(batch, "SENT")
    assert (len(sent(held)), len(sent(other))) == (0, 1)


def test_who_has_no_address_or_wants_none_gets_none():
    quiet, silent = dispatched.at_home(email=LEA), dispatched.at_home("CARON")
    choose_messages(quiet, documents=False)
    dispatched.released()
    dispatched.batch(Route.HOME, stage="SENT")
    assert Message.objects.filter(entry__in=[quiet, silent]).count() == 0


def test_who_is_withheld_since_is_not_asked_to_collect_it():
    entry, other = dispatched.at_school(email=LEA), dispatched.at_school("CARON", email="a@b.fr")
    dispatched.released()
    batch = dispatched.batch(stage="SENT")
    published.withhold(entry)
    dispatched.advance(batch, "ARRIVED")
    assert (len(sent(other)), sent(entry)) == (1, ["Un de vos résultats a été mis à jour"])


def test_who_chose_english_reads_english(individual):
    choose_messages(individual, language="en")
    dispatched.batch(Route.HOME, stage="SENT")
    assert sent(individual) == ["Your diploma is posted"]


def test_a_text_names_nobody_and_leads_to_the_page(individual):
    dispatched.batch(Route.HOME, stage="SENT")
    outbox.send_due()
    (sent,) = [message for message in mail.outbox if "diplôme" in message.subject]
    html = sent.alternatives[0][0]
    for body in (sent.body, html):
        assert "/diplome/" in body
        for secret in ("BRUN", "Léa", individual.number, "LILAS", "RR123456789FR"):
            assert secret not in body
    assert "List-Unsubscribe" in sent.extra_headers


def test_thousands_share_a_few_texts_and_one_statement(django_assert_max_num_queries):
    for rank in range(5):
        dispatched.at_home(f"NOM{rank}", email=f"nom{rank}@exemple.fr")
    dispatched.released()
    batch = dispatched.batch(Route.HOME, stage="PRINTED")
    with django_assert_max_num_queries(25):
        dispatched.advance(batch, "SENT")
    assert Message.objects.filter(kind="DOCUMENT").count() == 5
    assert Circular.objects.filter(key__startswith="diploma posted").count() == 3
