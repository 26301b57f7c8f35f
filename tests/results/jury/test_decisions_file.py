"""The exported decisions agree with the jury's rules, case by case."""

import csv
import io
import stat
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from candidates.models import Speciality
from results import rules
from results.jury.deliberation import deliberate
from results.regulations import rulebook
from tests import factories

pytestmark = pytest.mark.django_db


def exported(session, *arguments):
    out = io.StringIO()
    call_command("export_decisions", session.code, *arguments, stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue()), delimiter=";"))


def speciality(code, tests):
    """Store a BTS speciality of (code, coefficient, parts or None); codes in F are optional."""
    rulebook.store(
        rules.ExamRules(
            exam="BTS",
            code=code,
            label=code,
            from_session=2026,
            pass_mark=Decimal(10),
            absence="eliminatory",
            tests=tuple(
                rules.TestRule(
                    code=test,
                    label=test,
                    coefficient=Decimal(coefficient),
                    optional=test.startswith("F"),
                    parts=tuple(rules.PartRule(p, p, Decimal(c)) for p, c in parts or ()),
                )
                for test, coefficient, parts in tests
            ),
        )
    )
    return Speciality.objects.get(code=code)


def test_the_worked_case_of_the_btsa_with_parts_and_options():
    btsa = speciality(
        "GPN",
        [
            ("E2", 3, None),
            ("E3", 3, None),
            ("E4", 3, [("E41", "1.2"), ("E42", "0.8"), ("E43", 1)]),
            ("E5", 3, [("E51", 1), ("E52", 2)]),
            ("E6", 6, [("E61", 2), ("E62", 1), ("E63", 2)]),
            ("F1", 3, None),
            ("F2", 3, None),
        ],
    )
    marks = {"E2": "13", "E3": "15.50", "E41": "17", "E42": "18", "E43": "12"}
    marks |= {"E51": "17", "E52": "10", "E61": "14", "E62": "15", "E63": "13"}
    marks |= {"F1": "12", "F2": "13.50"}
    entry = factories.entry("2600000GPN", speciality=btsa, marks=marks)
    deliberate(entry.session)
    assert exported(entry.session) == [
        {
            "numero": "2600000GPN",
            "points": "268,6",
            "diviseur": "18",
            "moyenne": "14,92",
            "decision": "ADMITTED",
            "tour": "1",
            "mention": "",
        }
    ]


def test_the_worked_case_of_the_bp():
    marks = {"A": "14", "B": "16", "C": "12", "D": "15", "E": "20"}
    bp = speciality(
        "BP", [(code, n, None) for code, n in zip("ABCDE", (2, 3, 1, 4, 5), strict=True)]
    )
    entry = factories.entry(speciality=bp, marks=marks)
    deliberate(entry.session)
    (row,) = exported(entry.session)
    assert (row["points"], row["diviseur"], row["moyenne"]) == ("248", "15", "16,53")


def test_an_average_is_cut_and_never_rounded_up_to_ten():
    sio = speciality("CUT", [("A", 21, None), ("B", 1, None)])
    entry = factories.entry(speciality=sio, marks={"A": "10", "B": "9"})
    deliberate(entry.session)
    (row,) = exported(entry.session)
    assert (row["points"], row["diviseur"], row["moyenne"]) == ("219", "22", "9,95")
    assert row["decision"] == "REFUSED"


def test_every_verdict_has_its_code_and_a_withheld_entry_no_figure():
    people = factories.cast()
    session = people["admitted"].session
    deliberate(session)
    rows = {row["numero"]: row for row in exported(session)}
    verdicts = {name: rows[entry.number]["decision"] for name, entry in people.items()}
    assert verdicts == {
        "admitted": "ADMITTED",
        "control": "CONTROL",
        "refused": "REFUSED",
        "absent": "ELIMINATED",
        "withheld": "WITHHELD",
        "discreet": "ADMITTED",
    }
    withheld = rows[people["withheld"].number]
    assert {withheld[column] for column in ("points", "diviseur", "moyenne", "mention")} == {""}
    assert rows[people["absent"].number]["moyenne"] == ""


def test_the_second_round_replaces_the_first():
    people = factories.cast()
    factories.give_marks(people["control"], {"U1": (None, "14"), "U2": (None, "5")})
    session = people["admitted"].session
    deliberate(session)
    deliberate(session, round=2)
    rows = {row["numero"]: row for row in exported(session)}
    called = rows[people["control"].number]
    assert (called["decision"], called["tour"], called["moyenne"]) == ("ADMITTED", "2", "11,50")


def test_it_goes_to_a_file_when_asked(tmp_path):
    entry = factories.entry(marks=factories.ADMITTED)
    deliberate(entry.session)
    path = tmp_path / "decisions.csv"
    assert exported(entry.session, "--to", str(path)) == []
    assert (
        path.read_text(encoding="utf-8").splitlines()[1].startswith(f"{entry.number};78;6;13,00;")
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600  # verdicts before their hour
    with pytest.raises(CommandError, match=r"decisions\.csv: Not a directory"):
        exported(entry.session, "--to", str(path / "decisions.csv"))


def test_an_unknown_session_is_refused_by_name():
    with pytest.raises(CommandError, match="NOPE"):
        call_command("export_decisions", "NOPE")
