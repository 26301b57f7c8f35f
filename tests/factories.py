"""Rows for tests: each function makes one thing, complete, and takes what matters to the test."""

import datetime
import itertools
from decimal import Decimal

from candidates.identification import access_codes, cookie
from candidates.models import Academy, Candidate, Entry, School, Session, Speciality
from results import rules
from results.models import Mark, Test
from results.regulations import rulebook

BIRTH_DATE = datetime.date(2004, 12, 31)
CODE = "K3QM7T2A9XZB"
YEAR = 2026  # of the usual session

_numbers = itertools.count(1)


def restart_numbers():
    """Give each test the same candidate numbers, whatever ran before it."""
    global _numbers
    _numbers = itertools.count(1)


def academy(code="01", **values):
    defaults = {
        "name": f"Académie {code}",
        "managed": code in {"01", "24", "25"},
        "rectorat": f"Rectorat de l’académie {code}",
        "website": f"https://www.academie-{code}.example",
    }
    return _made(Academy, {"code": code}, defaults | values)


def school(uai="0750655E", *, sector="PUBLIC", **values):
    defaults = {
        "name": "Lycée des Exemples",
        "sector": sector,
        "city": "PARIS",
        "academy": academy(),
    }
    return _made(School, {"uai": uai}, defaults | values)


def session(code="BTS-2026", *, exam="BTS", year=None, **values):
    year = year or YEAR
    defaults = {"exam": exam, "year": year, "label": f"{exam}, session {year}"}
    return _made(Session, {"code": code}, defaults | values)


def _made(model, key, values):
    """`get_or_create` without its savepoint, in half the queries."""
    return model.objects.filter(**key).first() or model.objects.create(**key, **values)


def regulation(code="MINI", *, exam="BTS", mentions=(), second_round=True, from_session=2026):
    """Two general tests (2, 1) and one professional (3), one optional: small enough to reckon."""
    test = rules.TestRule
    rule = rules.ExamRules(
        exam=exam,
        code=code,
        label=f"Spécialité {code}",
        from_session=from_session,
        pass_mark=Decimal(10),
        absence="eliminatory",
        tests=(
            test("U1", "Culture générale", Decimal(2), group="general"),
            test("U2", "Langue vivante", Decimal(1), group="general"),
            test("U3", "Pratique professionnelle", Decimal(3), group="professional"),
            test("F1", "Langue des signes", Decimal(1), optional=True),
        ),
        second_round=rules.SecondRound(
            from_average=Decimal(8),
            group_minimum={"professional": Decimal(10)},
            choose=2,
            among="general",
        )
        if second_round
        else None,
        mentions=tuple(rules.MentionRule(label, Decimal(mark)) for label, mark in mentions),
        checked=True,
    )
    rulebook.store(rule)
    return Speciality.objects.get(code=code)


def speciality():
    """The speciality of `regulation()`, under the rules that it has by now."""
    return Speciality.objects.filter(code="MINI").first() or regulation()


def entry(number=None, *, marks=None, code=CODE, birth_date=BIRTH_DATE, **values):
    """An entry, with `marks` by test code: "12.5", "ABS", "FM", "DISP", "BEN12/2024".

    A pair gives those of both rounds.
    """
    number = number or f"26{next(_numbers):08d}"
    person = {
        "birth_name": "DUPONT",
        "given_names": "Léa",
        "birth_date": birth_date,
        "birth_place": "Paris",
        "address1": "12 RUE DES LILAS",
        "postcode": "75011",
        "city": "PARIS",
    }
    person |= {name: values.pop(name) for name in list(values) if hasattr(Candidate, name)}
    digest = access_codes.digest(number, code)
    defaults = {
        "status": "SCOLAIRE",
        "school": None,
        "posting_place": "Lycée des Exemples",
        "access_code_digest": digest,
        "credential": access_codes.credential(number, birth_date, digest),
    }
    made = Entry.objects.create(
        candidate=Candidate.objects.create(**person),
        number=number,
        **(defaults | values | _usual_place(values)),
    )
    if marks:
        give_marks(made, marks)
    return made


def _usual_place(values):
    """Where somebody is entered: what `values` leave open is `session()` and its like."""
    usual = {"session": session, "speciality": speciality, "academy": academy}
    return {name: values.get(name) or make() for name, make in usual.items()}


def give_marks(entry, marks):
    """Write `marks` by test code, each as `entry` takes them."""
    tests = {test.code: test for test in Test.objects.filter(speciality=entry.speciality_id)}
    rounds = [
        (tests[code], round, text)
        for code, mark in marks.items()
        for round, text in enumerate(mark if isinstance(mark, tuple) else [mark], start=1)
        if text is not None
    ]
    Mark.objects.bulk_create(
        Mark(entry=entry, test=test, round=round, **_mark_values(text))
        for test, round, text in rounds
    )


def _mark_values(text):
    if text in {"ABS", "FM", "DISP"}:
        return {"status": text, "value": None}
    if text[:3] in {"BEN", "REP"}:
        value, _slash, origin = text[3:].partition("/")
        return {"status": text[:3], "value": int(Decimal(value) * 100), "origin": int(origin)}
    return {"value": int(Decimal(text) * 100)}


# Marks of each situation under `regulation()`: coefficients 2, 1, 3.
ADMITTED = {"U1": "12", "U2": "12", "U3": "14"}  # 78 / 6 = 13.00
CONTROL = {"U1": "8", "U2": "8", "U3": "11"}  # 57 / 6 = 9.50
REFUSED = {"U1": "5", "U2": "5", "U3": "6"}  # 33 / 6 = 5.50
ABSENT = {"U1": "12", "U2": "ABS", "U3": "14"}
# Those of the second round, which leave whoever has those of `CONTROL` below ten.
REFUSED_AGAIN = {"U1": (None, "5"), "U2": (None, "ABS")}


def cast(**values):
    """One entry of each situation, by name; all of them consent to the web list."""
    values.setdefault("web_consent", True)
    values |= _usual_place(values)
    people = {
        "admitted": ("ALBERT", ADMITTED, {}),
        "control": ("BERNARD", CONTROL, {}),
        "refused": ("CARON", REFUSED, {}),
        "absent": ("DENIS", ABSENT, {}),
        "withheld": ("EVRARD", ADMITTED, {"withheld": True}),
        "discreet": ("FAURE", ADMITTED, {"web_consent": False}),
    }
    return {
        name: entry(marks=marks, birth_name=family_name, **(values | own))
        for name, (family_name, marks, own) in people.items()
    }


def visit(of_entry, **changes):
    """The visit of somebody who has just identified."""
    label = of_entry.session.label
    found = (of_entry.pk, of_entry.visit, "LD", label, None)
    begun = cookie.begun(found, bytes(of_entry.credential))
    return begun._replace(**changes)
