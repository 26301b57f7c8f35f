import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from candidates.messages import outbox
from candidates.models import Message
from tests.mail_servers import MailServer, Vanishing
from tests.staff import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

TEMPLATE = "candidates/mail/identity_decided"


@pytest.fixture
def server(settings):
    def becomes(name):
        settings.EMAIL_BACKEND = f"tests.mail_servers.{name}"

    return becomes


@pytest.fixture
def smtp(settings):
    """A real mail server, with our backend; `smtp.at_the_end` makes its answer to a message."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "candidates.messages.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server


def write(entry, key="key", to="lea@exemple.fr"):
    return outbox.write(
        key=key,
        entry_id=entry.pk,
        to=to,
        subject="Votre demande",
        template=TEMPLATE,
        context={"request": {"reference": "CIV-0000-0000"}},
    )


def state(message):
    message.refresh_from_db()
    return message.state


def test_a_mail_server_is_never_met_within_a_request(
    entry, smtp, django_capture_on_commit_callbacks
):
    """A slow one would hold the thread that other visitors wait for."""
    with django_capture_on_commit_callbacks(execute=True):
        message = write(entry)
    assert (state(message), smtp.connections) == (Message.State.WAITING, 0)
    assert outbox.send_due() == (1, 0)
    assert (state(message), smtp.connections) == (Message.State.SENT, 1)


def test_a_message_of_what_never_happened_is_never_sent(entry):
    class Crash(Exception):
        pass

    def crash():
        with transaction.atomic():
            write(entry)
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert outbox.send_due() == (0, 0)
    assert mail.outbox == []


def test_a_message_is_written_once_under_its_key(entry):
    assert write(entry)
    assert write(entry) is None
    assert outbox.send_due() == (1, 0)
    assert outbox.send_due() == (0, 0)
    assert len(mail.outbox) == 1


def test_a_message_is_plain_text_and_html_with_an_identity_of_its_own(entry):
    write(entry)
    write(entry, "other key")
    outbox.send_due()
    one, other = mail.outbox
    assert one.alternatives[0].mimetype == "text/html"
    assert "CIV-0000-0000" in one.body
    assert "CIV-0000-0000" in one.alternatives[0].content
    assert one.extra_headers["Message-ID"] != other.extra_headers["Message-ID"]
    Message.objects.update(state=Message.State.WAITING, sent_at=None)
    assert outbox.send_due(limit=1) == (1, 0)
    assert mail.outbox[2].extra_headers["Message-ID"] == one.extra_headers["Message-ID"]


def test_a_message_speaks_the_language_of_its_reader(entry):
    with override("en"):
        message = write(entry)
    assert '<html lang="en">' in message.html


def test_without_a_server_the_message_waits(entry, server):
    server("Unreachable")
    message = write(entry)
    assert outbox.send_due() == (0, 1)
    assert state(message) == Message.State.WAITING
    assert (message.attempts, message.last_error) == (0, "ConnectionRefusedError")


def test_however_long_the_server_is_away_the_message_is_sent_when_it_is_back(entry, server):
    message, now = write(entry), timezone.now()
    server("Unreachable")
    for day in range(30):
        assert outbox.send_due(at=now + timedelta(days=day)) == (0, 1)
    server("EmailBackend")
    assert outbox.send_due(at=now + timedelta(days=30)) == (1, 0)
    assert state(message) == Message.State.SENT


def test_an_unreachable_server_is_asked_once_a_round(entry, server):
    for number in range(5):
        write(entry, str(number))
    server("Unreachable")
    assert outbox.send_due() == (0, 1)


def test_a_server_that_goes_in_the_middle_leaves_the_rest_waiting(entry, server):
    messages = [write(entry, str(number)) for number in range(3)]
    Vanishing.taken = 0
    server("Vanishing")
    assert outbox.send_due() == (1, 1)
    assert [state(message) for message in messages] == ["SENT", "WAITING", "WAITING"]


def test_a_mailbox_that_says_later_is_asked_again_less_and_less_often(entry, server):
    message, now = write(entry), timezone.now()
    server("Later")
    outbox.send_due(at=now)
    message.refresh_from_db()
    assert message.not_before == now + timedelta(minutes=2)
    assert message.last_error == "SMTPRecipientsRefused 450"
    for _attempt in range(outbox.ATTEMPTS - 1):
        wait, last = message.not_before - now, message.not_before
        outbox.send_due(at=last)
        message.refresh_from_db()
    assert state(message) == Message.State.FAILED
    assert timedelta(days=1) < wait < timedelta(days=3)


def test_a_mailbox_that_does_not_exist_is_given_up_at_once_until_the_office_tries_again(
    entry, server
):
    message = write(entry)
    server("Never")
    assert outbox.send_due() == (0, 1)
    assert state(message) == Message.State.FAILED
    assert outbox.send_due() == (0, 0)
    server("EmailBackend")
    assert outbox.try_again(Message.objects.all()) == 1
    assert outbox.send_due() == (1, 0)


def test_no_error_and_no_log_names_the_mailbox(entry, server, caplog):
    message = write(entry, to="secret@exemple.fr")
    server("Never")
    outbox.send_due()
    message.refresh_from_db()
    assert "secret" not in message.last_error + caplog.text
    assert str(message.pk) in caplog.text


def test_the_command_sends_what_waits_and_says_how_many(entry):
    for number in range(3):
        write(entry, str(number))
    out = StringIO()
    call_command("send_messages", "--limit", "2", stdout=out)
    call_command("send_messages", stdout=out)
    call_command("send_messages", stdout=out)
    assert out.getvalue().splitlines() == ["2 sent, 0 put off", "1 sent, 0 put off"]
    assert len(mail.outbox) == 3


def test_somebody_without_an_entry_is_written_to_and_the_office_reads_it():
    written = outbox.write(
        key="without an entry",
        entry_id=None,
        to="ancien@exemple.fr",
        subject="Bonjour",
        template=TEMPLATE,
        context={"request": {"reference": "CIV-0000-0000"}},
    )
    assert outbox.send_due() == (1, 0)
    assert [message.to for message in mail.outbox] == [["ancien@exemple.fr"]]
    assert reverse("candidates:messages") not in written.text + written.html
    page = reverse("admin:candidates_message_change", args=[written.pk])
    assert client_of("operator").get(page).status_code == 200


def test_a_mail_server_gets_each_message_over_one_connection(entry, smtp, settings):
    settings.MESSAGES_PER_SECOND = 0
    for number in range(5):
        write(entry, str(number))
    assert outbox.send_due() == (5, 0)
    assert len(smtp.taken) == 5
    assert smtp.connections == 1


def test_an_address_that_cannot_be_written_is_given_up_and_keeps_nobody_waiting(entry, smtp):
    unwritable = [write(entry, to, to=to) for to in ("=?utf-8?q??=@exemple.fr", "a@" + "é" * 60)]
    good = write(entry, "good")
    assert outbox.send_due() == (1, 2)
    assert state(good) == Message.State.SENT
    assert {state(message) for message in unwritable} == {Message.State.FAILED}


def test_a_server_that_refuses_at_the_end_is_asked_again_later(entry, smtp):
    message = write(entry)
    smtp.at_the_end = lambda server: "451 later"
    assert outbox.send_due() == (0, 1)
    assert state(message) == Message.State.WAITING
    assert message.last_error == "SMTPDataError"


def test_a_server_that_hangs_up_without_a_word_is_asked_again_under_the_same_identity(entry, smtp):
    """RFC 5321, 4.5.4.1: without an answer the server may not have it."""
    message = write(entry)
    smtp.at_the_end = lambda server: server.hang_up()
    assert outbox.send_due() == (0, 1)
    assert state(message) == Message.State.WAITING
    smtp.at_the_end = None
    assert outbox.send_due(at=timezone.now() + timedelta(minutes=2)) == (1, 0)
    first, second = (taken.split(b"Message-ID:")[1].split()[0] for taken in smtp.taken)
    assert first == second


def test_what_a_dead_sender_held_is_due_again_when_its_lease_ends(entry):
    message, now = write(entry), timezone.now()
    Message.objects.update(not_before=now + outbox.LEASE)
    assert outbox.send_due() == (0, 0)
    assert outbox.send_due(at=now + outbox.LEASE) == (1, 0)
    assert state(message) == Message.State.SENT


def test_what_a_dead_sender_had_handed_over_is_sent_again_only_if_the_office_says_so(entry):
    message, now = write(entry), timezone.now()
    Message.objects.update(state=Message.State.HANDED, not_before=now - outbox.LEASE)
    assert outbox.send_due() == (0, 0)
    assert Message.objects.unanswered().count() == 1
    assert outbox.try_again(Message.objects.all()) == 1
    assert outbox.send_due() == (1, 0)
    assert state(message) == Message.State.SENT


def test_a_message_in_a_senders_hands_is_not_given_another_try(entry):
    write(entry)
    Message.objects.update(state=Message.State.HANDED, not_before=timezone.now() + outbox.LEASE)
    assert outbox.try_again(Message.objects.all()) == 0


def test_the_command_says_what_left_without_an_answer(entry):
    write(entry)
    Message.objects.update(state=Message.State.HANDED, not_before=timezone.now())
    out = StringIO()
    call_command("send_messages", stdout=out)
    assert out.getvalue().splitlines() == ["1 handed over by a sender that died: see the office"]


def test_messages_leave_no_faster_than_the_server_bears(entry, settings):
    settings.MESSAGES_PER_SECOND = 20
    for number in range(4):
        write(entry, str(number))
    began = time.monotonic()
    outbox.send_due()
    assert time.monotonic() - began >= 3 / 20
