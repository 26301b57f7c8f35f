"""Rows of results are put together quickly: they say what the plain way says, to the letter."""

import json
import random
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError

from candidates.models import Speciality
from results import rules
from results.document import contents
from results.jury.deliberation import deliberate
from results.models import DocumentPart, PublishedResult
from results.packed_document import packing, shared_parts
from results.publication import release, row_writer
from results.regulations.files import parse_regulation, shipped_files
from results.regulations.rulebook import Rulebook
from results_portal import caches
from tests import factories
from tests.results import random_dossiers

pytestmark = pytest.mark.django_db


def plain_document(dossier, outcome, regulation, context):
    """The document of an entry, built at once from the rules: what the rows have to say."""
    identity = dossier.identity
    marks = [mark for mark in dossier.marks if mark.round <= outcome.round]
    lines = rules.lines(regulation, marks, round=outcome.round)
    school = identity.school_id
    built = {
        "version": contents.VERSION,
        "session": context.session,
        "speciality": context.speciality,
        "candidate": contents.candidate(identity),
        "entry": {
            "status": identity.status,
            "form": identity.form,
            "posting_place": identity.posting_place,
            "school": school and context.schools[school],
            "academy": context.academies[identity.academy_id],
        },
        "verdict": outcome.verdict.value,
        "round": outcome.round,
    }
    if outcome.verdict is rules.Verdict.WITHHELD:
        return built
    admitted, called = rules.Verdict.ADMITTED, rules.Verdict.CONTROL
    points, options = dossier.jury_points, None
    if outcome.verdict is called:
        options = rules.control_options(regulation, marks, jury_points=points or 0)
    return built | {
        "mention": outcome.mention,
        "reasons": list(outcome.reasons),
        "jury_points": None if points is None else rules.show_points(points),
        "points": rules.show_points(outcome.points),
        "divisor": rules.show_points(outcome.divisor),
        "points_required": rules.show_points(outcome.points_required),
        "average": None if outcome.average is None else rules.show(outcome.average),
        "tests": [contents.test(line, outcome, context.year) for line in lines],
        "control": options and contents.control(options, lines),
        "diploma_route": context.diploma_route(identity) if outcome.verdict is admitted else None,
    }


@pytest.mark.parametrize("file", shipped_files(), ids=lambda file: file.stem)
def test_rows_say_of_each_entry_what_the_plain_way_says(file):
    regulation = parse_regulation(file.read_text(), name=file.name)
    context, rng = random_dossiers.context_of(regulation), random.Random(file.stem)
    book = Rulebook(Speciality(pk=7), regulation, codes={})
    rows = row_writer.Rows(book, context, round=1)
    for dossier in random_dossiers.draw(rng, regulation, 300):
        *fields, stored = rows.of(dossier)
        packed = json.loads(random_dossiers.unescaped(stored) + "}")
        parts = shared_parts.parts(packed[packing.SHARED], connections["default"])
        outcome = rules.decide(
            regulation,
            dossier.marks,
            withheld=dossier.withheld,
            jury_points=dossier.jury_points or 0,
        )
        expected = plain_document(dossier, outcome, regulation, context)
        assert packing.unpack(packed, parts) == expected
        assert (fields[0], fields[1]) == (str(dossier.entry_id), outcome.verdict)


def test_documents_of_both_rounds_come_back_whole_from_the_database():
    entries = list(factories.cast().values())
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


def test_a_shared_part_never_changes_or_goes():
    (key,) = shared_parts.keep([{"code": "01", "name": "Paris"}])
    assert shared_parts.keep([{"name": "Paris", "code": "01"}]) == [key]
    assert shared_parts.keep([{"name": "Lille", "code": "01"}]) != [key]
    for change in (
        DocumentPart.objects.filter(pk=key).update,
        lambda **_: DocumentPart.objects.filter(pk=key).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(content={})


def test_a_process_that_never_met_a_part_reads_it():
    keys = shared_parts.keep([{"code": "01"}, {"code": "02"}])
    caches.clear_all()
    found = shared_parts.parts([*keys, None], connections["default"])
    assert found == {keys[0]: {"code": "01"}, keys[1]: {"code": "02"}}
