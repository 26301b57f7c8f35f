"""Rows of results are put together quickly: they say what the plain way says, to the letter."""

import json
import random
from uuid import UUID

import pytest
from django.db import connections

from candidates.models import Speciality
from results import rules
from results.document.builder import build
from results.document.contents import plain
from results.jury.deliberation import deliberate
from results.models import PublishedResult
from results.packed_document import packing, shared_parts
from results.publication import release, row_writer
from results.publication.plain_rows import COLUMNS, PlainRows
from results.publication.row_writer import RowWriter
from results.regulations.files import parse_regulation
from results.regulations.rulebook import Rulebook
from tests import factories
from tests.results import random_dossiers
from tests.results.sheets import ONE_OF_EACH, SHIPPED

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("file", ONE_OF_EACH, ids=lambda file: file.stem)
@pytest.mark.long
def test_rows_say_of_each_entry_what_the_plain_way_says(file):
    regulation = parse_regulation(file.read_text(), name=file.name)
    context, rng = random_dossiers.context_of(regulation), random.Random(file.stem)
    book = Rulebook(Speciality(pk=7), regulation, codes={})
    rows, plain_rows = RowWriter(book, context, round=1), PlainRows(book, context, round=1)
    for dossier in random_dossiers.draw(rng, regulation, 300):
        row = dict(zip(COLUMNS, rows.of(dossier), strict=True))
        packed = json.loads(random_dossiers.unescaped(row.pop("document")))
        parts = shared_parts.parts(packed[packing.SHARED], connections["default"])
        outcome = rules.decide(
            regulation,
            dossier.marks,
            withheld=dossier.withheld,
            jury_points=dossier.jury_points or 0,
            enrolment=dossier.enrolment,
        )
        expected = plain(build(dossier, outcome, context))
        assert packing.unpack(packed, parts) == expected
        assert (row["entry_id"], row["verdict"]) == (str(dossier.entry_id), outcome.verdict)
        plain_row = dict(zip(COLUMNS, plain_rows.of(dossier), strict=True))
        assert json.loads(random_dossiers.unescaped(plain_row.pop("document"))) == packed
        assert row.pop("verification_code") != plain_row.pop("verification_code")
        assert row == plain_row
    assert rows.stale == plain_rows.stale


@pytest.mark.parametrize("subjects", [{}, {"U4": "Anglais"}], ids=["plain", "named"])
def test_a_row_of_known_marks_is_put_together_from_their_texts(monkeypatch, subjects):
    """Whoever a test is closed to shows it no more for that (MELEC: the project)."""
    regulation = SHIPPED["MELEC-2026"]
    context = random_dossiers.context_of(regulation)
    book = Rulebook(Speciality(pk=7), regulation, codes={})
    rows, plain_rows = RowWriter(book, context, round=1), PlainRows(book, context, round=1)
    marks = [rules.MarkTaken(test.code, 1250) for test in regulation.tests]
    drawn = next(random_dossiers.draw(random.Random(1), regulation, 1))
    drawn = drawn._replace(withheld=False, jury_points=None, subjects=subjects)
    dossiers = [
        drawn._replace(marks=taken, enrolment=rules.Enrolment(status=status))
        for status, taken in [
            ("SCOLAIRE", marks),
            ("INDIVIDUEL", marks[:-1]),
            ("APPRENTI", marks),
            ("INDIVIDUEL", marks),
        ]
    ]
    first, plainly = (
        [json.loads(random_dossiers.unescaped(way.of(dossier)[-1])) for dossier in dossiers]
        for way in (rows, plain_rows)
    )
    assert first == plainly
    monkeypatch.setattr(row_writer._TestCells, "cell", None)
    again = [rows.of(dossier)[-1] for dossier in dossiers[:3]]
    assert [json.loads(random_dossiers.unescaped(row)) for row in again] == first[:3]


def test_documents_of_both_rounds_come_back_whole_from_the_database():
    people = factories.cast()
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    entries = list(people.values())
    entries.append(factories.entry(marks=factories.CONTROL | {"U1": ("8", "20"), "U2": ("8", "3")}))
    session = entries[0].session
    deliberate(session)
    release.schedule(session)
    deliberate(session, round=2)
    release.schedule(session, round=2)
    second = PublishedResult.objects.get(entry=entries[-1], round=2).document
    assert [test["second_mark"] for test in second["tests"]] == ["20.00", "3.00", None]
    assert [test["counted"] for test in second["tests"]][:2] == ["20.00", "8.00"]
    assert second["session"]["label"] == session.label
    assert second["entry"]["academy"]["rectorat"] == entries[-1].academy.rectorat
    assert second["entry"]["school"] is None or second["entry"]["school"]["name"]


def test_names_that_would_end_a_line_are_published_as_they_are():
    factories.entry(marks=factories.ADMITTED, birth_name="Back\\slash", given_names="Léa\tAnne")
    session = factories.session()
    deliberate(session)
    release.schedule(session)
    row = PublishedResult.objects.get()
    assert row.document["candidate"]["birth_name"] == "Back\\slash"
    assert row.document["candidate"]["given_names"] == "Léa\tAnne"
    assert row.list_name == "BACK\\SLASH Léa\tAnne"
    assert isinstance(row.verification_code, UUID)
