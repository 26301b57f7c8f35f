"""`send_messages --every`: woken by each message, and still there after its database was not."""

import contextlib

import psycopg
import pytest

from candidates.messages import outbox
from tests import databases
from tests.mail_servers import MailServer
from tests.scratch_office import ScratchOffice, until

pytestmark = [pytest.mark.long, pytest.mark.django_db]

NEVER = "3600"  # seconds: what arrives sooner was not waited for


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def office(template_database, tmp_path, server):
    sending = {"EMAIL_URL": server.url, "MESSAGES_PER_SECOND": "0"}
    office = ScratchOffice(tmp_path, template=template_database, **sending)
    with contextlib.closing(office):
        yield office


@pytest.fixture
def sender(office):
    sender = office.start("send_messages", "--every", NEVER, "--skip-checks")
    until(lambda: listeners(office))
    return sender


def write(office, number):
    """Write a message as `outbox.write` does: a row and a notification, in one transaction."""
    with psycopg.connect(databases.url(office.name)) as database:
        database.execute(_MESSAGE, [f"message {number}"])
        database.execute(f"NOTIFY {outbox.CHANNEL}")


def listeners(office):
    with databases.server() as clerk:
        rows = clerk.execute(_LISTENERS, [office.name, f"LISTEN {outbox.CHANNEL}"])
        return [process for (process,) in rows]


def test_a_message_leaves_when_it_is_committed(office, server, sender):
    for number in range(3):
        write(office, number)
        until(lambda sent=number + 1: len(server.taken) == sent)
    assert not sender.has_ended


@pytest.mark.slow
def test_a_sender_whose_connections_are_terminated_comes_back_and_says_so_in_a_line(
    office, server, sender
):
    write(office, 1)
    until(lambda: len(server.taken) == 1)
    with databases.server() as clerk:
        clerk.execute(f"ALTER DATABASE {office.name} ALLOW_CONNECTIONS false")
        clerk.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [office.name],
        )
        until(lambda: "messages wait" in sender.said)
        clerk.execute(f"ALTER DATABASE {office.name} ALLOW_CONNECTIONS true")
    until(lambda: listeners(office))
    write(office, 2)
    until(lambda: len(server.taken) == 2)
    assert sender.said.count("messages wait") == 1
    assert "Traceback" not in sender.said
    assert not sender.has_ended


_LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query = %s"
_MESSAGE = """
INSERT INTO candidates_message
    (key, kind, "to", subject, text, html, state, attempts, last_error)
VALUES (%s, 'FILE', 'lea@exemple.fr', 'Objet', 'Texte', '<p>Texte</p>', 'WAITING', 0, '')
"""
