"""The first page of the admin and that of its tables cost as much with many rows as with a few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.admin.waiting import MOST
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HOME, TABLES = reverse("admin:index"), reverse("office_tables")
QUEUES = {
    "candidates_identityrequest": "a-examiner",
    "candidates_redispatch": "a-decider",
    "candidates_message": "abandonnes",
    "candidates_job": "echec",
}
FILL = """
INSERT INTO candidates_message
    (key, kind, "to", subject, text, html, state, attempts, last_error, not_before)
SELECT 'm' || n, 'FILE', 'a@exemple.fr', 'o', 't', '', state, 0, '', now() - interval '2 hours'
FROM generate_series(%(first)s, %(last)s) AS n, unnest(ARRAY['FAILED', 'WAITING']) AS state
WHERE state = 'FAILED' OR n %% 2 = 0
ON CONFLICT DO NOTHING;
INSERT INTO candidates_identityrequest
    (entry_id, reference, form_key, present, asked, explanation, proof, proof_type, proof_size,
    state, submitted_at, reason)
SELECT %(entry)s, 'E' || n, 'k' || n, '{}', '{"birth_name": "B"}', '', '', 'PDF', 1, 'SUBMITTED',
    now() - n * interval '1 minute', ''
FROM generate_series(%(first)s, %(last)s) AS n;
INSERT INTO candidates_redispatch (entry_id, kind, label, state, note)
SELECT %(entry)s, 'k' || n, 'Envoi', 'TO_DECIDE', '' FROM generate_series(%(first)s, %(last)s) AS n;
INSERT INTO candidates_job (kind, label, arguments, lock, author_id, language, state, step, done,
    total, message, warned, file, file_name, cancel_asked, seen, finished_at)
SELECT 'x', 'Tâche', '{}', 'x', %(author)s, 'fr', 'FAILED', '', 0, 0, '', false, '', '', false,
    false, now() FROM generate_series(%(first)s, %(last)s) AS n;
"""


def fill(first, last, entry):
    with connection.cursor() as cursor:
        values = {"first": first, "last": last, "entry": entry.pk, "author": member("manager").pk}
        cursor.execute(FILL, values)
        cursor.execute("ANALYZE candidates_message, candidates_identityrequest")


def queries(address):
    """The number of queries of a page, and its text."""
    browser = client_of("manager")
    with CaptureQueriesContext(connection) as found:
        page = browser.get(address)
    assert page.status_code == 200
    return len(found), text_of(page)


@pytest.mark.slow
def test_the_pages_ask_as_many_questions_of_20000_rows_as_of_200():
    entry = factories.entry()
    lists = [
        f"{reverse(f'admin:{table}_changelist')}?attente={queue}" for table, queue in QUEUES.items()
    ]
    pages = [HOME, TABLES, *lists]
    fill(1, 200, entry)
    few = {page: queries(page)[0] for page in pages}
    for number in range(4):
        factories.entry(session=factories.session(f"CAP-{number}", exam="CAP"))
    fill(201, 20_000, entry)
    many = {page: queries(page)[0] for page in pages}
    assert many == few
    assert f"plus de {MOST}" in queries(HOME)[1]
