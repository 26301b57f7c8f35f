"""Dossiers drawn at random under any regulation, for tests that compare two ways of publishing."""

import re

from candidates.models import Academy, School
from results import rules
from results.document.builder import Context
from results.document.dossier import Dossier, Identity
from tests import factories

STATUSES = ["", "", "", "", "", "", "", "ABS", "FM", "DISP", "BEN", "REP"]
UNESCAPES = {"t": "\t", "n": "\n", "r": "\r"}


def draw(rng, regulation, count):
    """Yield `count` dossiers of a regulation, drawn by `rng`."""
    for number in range(count):
        enrolment = _enrolment(rng, regulation)
        yield Dossier(
            entry_id=number + 1,
            speciality_id=7,
            withheld=rng.random() < 0.05,
            called=False,
            jury_points=rng.choice([None, None, None, 0, 3]),
            marks=_marks(rng, regulation, enrolment.units),
            identity=_identity(rng, number),
            enrolment=enrolment,
            subjects=_subjects(rng, regulation),
        )


def context_of(regulation):
    """Return the context of the documents of these dossiers: their schools and academies exist."""
    factories.school("0750655E")
    factories.school("0750656F", sector="PRIVE_HORS_CONTRAT")
    factories.academy("09")
    return Context(
        session=factories.session(),
        regulation=regulation,
        schools=School.objects.all(),
        academies=Academy.objects.all(),
    )


def unescaped(field):
    """Return what PostgreSQL reads in a field of a line of `COPY`."""
    return re.sub(r"\\(.)", lambda match: UNESCAPES.get(match[1], match[1]), field)


def _marks(rng, regulation, units):
    """Marks of the first round in every test; in some of those that are optional or left out."""
    marks = []
    for test in regulation.tests:
        left_out = test.optional or (units and test.code not in units)
        if left_out and rng.random() < 0.5:
            continue
        codes = [part.code for part in test.parts] or [test.code]
        marks += [_mark(rng, code) for code in codes]
    return marks


def _enrolment(rng, regulation):
    """Every unit, mostly; some, of whoever has entered a few."""
    units = [test.code for test in regulation.tests if not test.optional]
    some = rng.sample(units, rng.randrange(len(units))) if rng.random() < 0.1 else []
    status = rng.choice(["SCOLAIRE", "APPRENTI", "INDIVIDUEL"])
    return rules.Enrolment(frozenset(some), frozenset(), status)


def _subjects(rng, regulation):
    """Names of a few tests, for one entry in three."""
    codes = [test.code for test in regulation.tests if not test.optional]
    if rng.random() < 0.67:
        return {}
    return {code: rng.choice(["Anglais", "Grec & latin"]) for code in rng.sample(codes, 2)}


def _mark(rng, code):
    status = rules.MarkStatus(rng.choice(STATUSES))
    if status in ("ABS", "FM", "DISP"):
        return rules.MarkTaken(code, None, status)
    kept = status in ("BEN", "REP")
    value = rng.randrange(600, 1700, 25)
    return rules.MarkTaken(code, value, status, 1, rng.choice([2020, 2023, 2025]) if kept else None)


def _identity(rng, number):
    school = rng.choice(["0750655E", "0750656F", None])
    return Identity(
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
