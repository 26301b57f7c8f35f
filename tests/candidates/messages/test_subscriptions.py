"""Choices of e-mails: made on a page, or by the link in each e-mail."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from candidates.messages import outbox, subscriptions
from candidates.models import Message, MessageChoices
from tests import factories
from tests.candidates.visits import choose_messages, hidden, identify

pytestmark = pytest.mark.django_db

PAGE = "/adresse/courriels/"
DOCUMENT, FILE = Message.Kind.DOCUMENT, Message.Kind.FILE


def write(entry, key="key", kind=DOCUMENT, **values):
    return outbox.write(
        key=key,
        entry_id=entry.pk,
        to=entry.candidate.email,
        subject="Votre diplôme",
        template="candidates/mail/identity_decided",
        context={"request": {"reference": "CIV-0000-0000"}},
        kind=kind,
        **values,
    )


def save(client, **chosen):
    opened = hidden(client.get(PAGE))
    return client.post(PAGE, {"opened_by": opened["opened_by"], **chosen})


def choices(entry):
    return MessageChoices.objects.values_list("releases", "documents", "language").get(
        candidate=entry.candidate_id
    )


def link_in(sent):
    """The path of the one-click link of an e-mail."""
    return urlsplit(sent.extra_headers["List-Unsubscribe"].strip("<>")).path


def test_the_page_is_for_who_is_identified(client, entry):
    asked = client.get(PAGE)
    assert asked.url.startswith(reverse("results:lookup"))
    assert identify(client, entry, after=asked.url).url == PAGE


def test_who_never_chose_gets_everything(identified):
    page = identified.get(PAGE).content.decode()
    assert page.count("checked") == 2


def test_a_choice_is_kept_and_shown(identified, entry):
    saved = save(identified, releases="on", language="en")
    assert choices(entry) == (True, False, "en")
    assert "Vos choix sont enregistrés" in identified.get(saved.url).content.decode()
    assert identified.get(PAGE).content.decode().count("checked") == 1


def test_chosen_twice_by_a_double_click_it_is_chosen_once(identified, entry):
    save(identified, language="fr")
    save(identified, language="fr")
    assert choices(entry) == (False, False, "fr")


def test_a_language_that_we_do_not_speak_is_not_kept(identified, entry):
    assert save(identified, language="xx").status_code == 200
    assert not MessageChoices.objects.exists()


def test_an_identification_that_expires_in_mid_form_keeps_the_choice(
    identified, entry, time_machine
):
    opened = hidden(identified.get(PAGE))
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    asked = identified.post(
        PAGE, {"opened_by": opened["opened_by"], "releases": "on", "language": "en"}
    )
    assert "garde=1" in asked.url
    assert not MessageChoices.objects.exists()
    page = identified.get(identify(identified, entry, after=asked.url).url).content.decode()
    assert "Votre saisie est gardée" in page
    assert page.count("checked") == 1
    assert '<option value="en" selected>' in page


def test_a_form_opened_by_one_person_never_chooses_for_the_next(identified, entry):
    opened = hidden(identified.get(PAGE))
    other = factories.entry()
    identify(identified, other)
    page = identified.post(PAGE, {"opened_by": opened["opened_by"]})
    assert "n’était plus le vôtre" in page.content.decode()
    assert not MessageChoices.objects.exists()


def test_what_one_does_not_want_is_not_written(entry):
    choose_messages(entry, documents=False)
    assert write(entry) is None
    assert write(entry, "other", kind=FILE)


def test_what_already_waits_is_not_sent_to_who_stops_it(entry):
    write(entry)
    write(entry, "other", kind=FILE)
    choose_messages(entry, documents=False)
    assert [message.kind for message in Message.objects.all()] == [FILE]


def test_an_email_speaks_the_language_that_its_reader_chose(entry):
    assert '<html lang="fr">' in write(entry).html
    choose_messages(entry, language="en")
    assert '<html lang="en">' in write(entry, "second").html
    with override("en"):
        choose_messages(entry, language="fr")
        assert '<html lang="fr">' in write(entry, "third").html


def test_an_email_that_may_be_stopped_carries_the_link_that_mail_programs_press(entry):
    write(entry)
    write(entry, "other", kind=FILE)
    outbox.send_due()
    may, may_not = mail.outbox
    assert may.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link_in(may) in may.body
    assert link_in(may) in may.alternatives[0].content
    assert "List-Unsubscribe" not in may_not.extra_headers
    assert "%unsubscribe%" not in may.body + may_not.body + may.alternatives[0].content


def test_one_click_of_a_mail_program_stops_them_without_cookie_or_token(entry):
    write(entry)
    outbox.send_due()
    program = Client(enforce_csrf_checks=True)
    answer = program.post(link_in(mail.outbox[0]), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert choices(entry) == (True, False, "")


def test_following_the_link_stops_nothing_before_the_button_is_pressed(client, entry):
    write(entry)
    outbox.send_due()
    link = link_in(mail.outbox[0])
    assert "Arrêter ces courriels" in client.get(link).content.decode()
    assert not MessageChoices.objects.exists()
    assert "sont arrêtés" in client.post(link, {"stop": "1"}).content.decode()
    assert choices(entry) == (True, False, "")
    assert "de nouveau ces courriels" in client.post(link, {"again": "1"}).content.decode()
    assert choices(entry) == (True, True, "")


def test_a_link_names_nobody(entry):
    write(entry)
    outbox.send_due()
    link = link_in(mail.outbox[0])
    for personal in (entry.number, "lea", "DUPONT", "exemple.fr"):
        assert personal not in link


@pytest.mark.parametrize("key", ["x", "a:b", "[1,2]", "é%20🙂"])
def test_a_link_that_is_none_of_ours_stops_nothing_and_says_so(client, entry, key):
    answer = client.post(f"/courriels/{key}/")
    assert answer.status_code == 404
    assert "Ce lien ne sert plus" in answer.content.decode()
    assert not MessageChoices.objects.exists()


def test_the_link_of_a_candidate_who_is_forgotten_stops_nothing(client, entry):
    link = urlsplit(subscriptions.link(entry.candidate_id, DOCUMENT)).path
    candidate = entry.candidate
    entry.delete()
    candidate.delete()
    assert client.get(link).status_code == 404


def test_a_mailbox_that_refuses_for_good_is_told_where_addresses_are_changed(
    identified, entry, settings
):
    page = identified.get("/adresse/").content.decode()
    assert "ne vous parviennent pas" not in page
    assert PAGE in page
    settings.EMAIL_BACKEND = "tests.mail_servers.Never"
    write(entry)
    outbox.send_due()
    for address in ("/adresse/", PAGE):
        assert "ne vous parviennent pas" in identified.get(address).content.decode()


def test_a_new_mailbox_or_one_that_works_again_is_trusted(identified, entry, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.Never"
    write(entry)
    outbox.send_due()
    settings.EMAIL_BACKEND = "tests.mail_servers.EmailBackend"
    write(entry, "later")
    outbox.send_due()
    assert not outbox.refuses(factories.visit(entry))


def test_a_server_that_says_later_is_no_refusal(entry, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.Later"
    write(entry)
    outbox.send_due()
    assert not outbox.refuses(factories.visit(entry))
