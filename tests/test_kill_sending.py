"""A sender killed by SIGKILL at any moment: every e-mail arrives, none twice."""

import contextlib
import random
import re
import signal
import time
from collections import Counter

import psycopg
import pytest

from tests import databases
from tests.mail_servers import MailServer
from tests.scratch_office import ScratchOffice

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.django_db]

MESSAGES = 1000
KILLS = 20
SLOWLY = 0.005  # seconds between taking a message and saying so: half of the kills fall there
MESSAGE_ID = re.compile(rb"^Message-ID: (.*)$", re.MULTILINE | re.IGNORECASE)


@pytest.fixture
def server():
    def slowly(server):
        time.sleep(SLOWLY)

    with MailServer(at_the_end=slowly) as server:
        yield server


@pytest.fixture
def office(template_database, tmp_path, server):
    sending = {"EMAIL_URL": server.url, "MESSAGES_PER_SECOND": "0"}
    office = ScratchOffice(tmp_path, template=template_database, **sending)
    with contextlib.closing(office):
        ask(office, _ENTRY)
        ask(office, _MESSAGES, [MESSAGES])
        yield office


def ask(office, statement, values=None):
    with psycopg.connect(databases.url(office.name)) as database:
        answer = database.execute(statement, values)
        return answer.fetchall() if answer.description else []


def test_a_sender_killed_at_any_moment_sends_every_message_and_none_twice(office, server):
    draw = random.Random(KILLS)
    killed_at_work = 0
    for _kill in range(KILLS):
        began = len(server.taken)
        run = office.start("send_messages", "--skip-checks")
        while len(server.taken) == began and not run.has_ended:
            time.sleep(0.0005)
        killed_at_work += run.wait(draw.uniform(0, 0.15), then=signal.SIGKILL) is None
        office.settle()
        ask(office, _LEASES_END)
    assert killed_at_work == KILLS, "quicker than the bullet: this shows nothing"
    at_once = [office.start("send_messages", "--skip-checks") for _sender in range(2)]
    assert [run.wait() for run in at_once] == [0, 0], at_once[0].said
    arrived = Counter(MESSAGE_ID.search(taken)[1].strip() for taken in server.taken)
    assert len(arrived) == MESSAGES
    assert set(arrived.values()) == {1}
    states = dict(ask(office, "SELECT state, count(*) FROM candidates_message GROUP BY state"))
    assert set(states) <= {"SENT", "HANDED"}
    assert 0 < states["HANDED"] <= KILLS, "no kill fell between a message and its answer"


_ENTRY = """
WITH session AS (
    INSERT INTO candidates_session (code, exam, year, label)
    VALUES ('BTS-2026', 'BTS', 2026, 'BTS') RETURNING id
), speciality AS (
    INSERT INTO candidates_speciality (exam, code, label, from_session)
    VALUES ('BTS', 'MINI', 'Mini', 2026) RETURNING id
), candidate AS (
    INSERT INTO candidates_candidate (ine, birth_name, usage_name, given_names, birth_date,
        birth_place, email, address1, address2, address3, postcode, city, country)
    VALUES ('', 'DUPONT', '', 'Léa', '2004-12-31', '', 'lea@exemple.fr', '', '', '', '', '', '')
    RETURNING id
)
INSERT INTO candidates_entry (number, status, form, academy_id, posting_place, access_code_digest,
    credential, session_id, speciality_id, candidate_id)
SELECT '1', 'SCOLAIRE', 'G', '01', '', sha256('1'), sha256('2'), session.id,
    speciality.id, candidate.id
FROM session, speciality, candidate
"""
_MESSAGES = """
INSERT INTO candidates_message
    (entry_id, key, kind, "to", subject, text, html, state, attempts, last_error)
SELECT entry.id, rank, 'FILE', rank || '@exemple.fr', 'Objet', 'Texte', '<p>Texte</p>',
    'WAITING', 0, ''
FROM candidates_entry AS entry, generate_series(1, %s) AS rank
"""
_LEASES_END = """
UPDATE candidates_message SET not_before = now() - interval '1 minute' WHERE state = 'WAITING'
"""
