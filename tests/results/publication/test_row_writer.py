"""Rows of results are put together quickly: they say what the plain way says, to the letter."""

import json
import random
import re
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError

from candidates.models import Academy, School
from results import rules
from results.document import contents
from results.jury import dossiers
from results.jury.deliberation import deliberate
from results.models import DocumentPart, PublishedResult
from results.packed_document import packing, shared_parts
from results.publication import release, row_writer
from results.regulations.files import parse_regulation, shipped_files
from tests import factories

pytestmark = pytest.mark.django_db

UNESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
STATUSES = ["", "", "", "", "", "", "", "ABS", "FM", "DISP", "BEN", "REP"]


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


def drawn_mark(rng, code):
    status = rules.MarkStatus(rng.choice(STATUSES))
    if status in ("ABS", "FM", "DISP"):
        return rules.MarkTaken(code, None, status)
    kept = status in ("BEN", "REP")
    value = rng.randrange(600, 1700, 25)
    return rules.MarkTaken(code, value, status, 1, rng.choice([2020, 2023, 2025]) if kept else None)


def drawn_marks(rng, regulation):
    """Marks of the first round in every test; an optional one is entered for by every other."""
    marks = []
    for test in regulation.tests:
        if test.optional and rng.random() < 0.5:
            continue
        codes = [part.code for part in test.parts] or [test.code]
        marks += [drawn_mark(rng, code) for code in codes]
    return marks


def drawn_dossiers(rng, regulation, count):
    for number in range(count):
        yield dossiers.Dossier(
            entry_id=number + 1,
            speciality_id=7,
            withheld=rng.random() < 0.05,
            called=False,
            jury_points=rng.choice([None, None, None, 0, 3]),
            marks=drawn_marks(rng, regulation),
            identity=drawn_identity(rng, number),
        )


def drawn_identity(rng, number):
    school = rng.choice(["0750655E", "0750656F", None])
    return dossiers.Identity(
        number=f"26{number:08d}",
        status=rng.choice(["SCOLAIRE", "APPRENTI", "INDIVIDUEL"]),
        form=rng.choice("GP"),
        posting_place=rng.choice(["Lycée « Le Corbusier »", "Maison\\des examens\t1", ""]),
        web_consent=rng.random() < 0.5,
        school_id=school,
        academy_id=rng.choice(["01", "09"]),
        ine=rng.choice(["", "438589172HS"]),
        birth_name=rng.choice(["d’Être-Œuvré", 'O"Brien', "Back\\slash", "Tab\tbed\nname"]),
        usage_name=rng.choice(["", "Şahin"]),
        given_names=rng.choice(["Zoë", "Jean  Paul"]),
        birth_date=factories.BIRTH_DATE,
        birth_place="Paris",
        address1="3 rue de l’Orme",
        address2="",
        address3=rng.choice(["", "Bât. B"]),
        postcode="75011",
        city="Paris",
        country=rng.choice(["FRANCE", "Belgique"]),
    )


def context_of(regulation):
    factories.school("0750655E")
    factories.school("0750656F", sector="PRIVE_HORS_CONTRAT")
    factories.academy("09")
    return contents.Context(
        session=factories.session(),
        regulation=regulation,
        schools=School.objects.all(),
        academies=Academy.objects.all(),
    )


def unescaped(field):
    """What PostgreSQL reads in a field of a line of `COPY`."""
    return re.sub(r"\\(.)", lambda match: UNESCAPES.get(match[1], match[1]), field)


@pytest.mark.parametrize("file", shipped_files(), ids=lambda file: file.stem)
def test_rows_say_of_each_entry_what_the_plain_way_says(file):
    regulation = parse_regulation(file.read_text(), name=file.name)
    context, rng = context_of(regulation), random.Random(file.stem)
    book = SimpleNamespace(speciality=SimpleNamespace(pk=7), regulation=regulation)
    rows = row_writer.Rows(book, context, round=1)
    for dossier in drawn_dossiers(rng, regulation, 300):
        *fields, stored = rows.of(dossier)
        packed = json.loads(unescaped(stored) + "}")
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
    shared_parts._remembered.clear()
    found = shared_parts.parts([*keys, None], connections["default"])
    assert found == {keys[0]: {"code": "01"}, keys[1]: {"code": "02"}}
