"""The files of the demo, read back with nothing of ours but the rules."""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from decimal import Decimal
from types import SimpleNamespace

import pytest

from candidates.postal.envelope import recipient
from results import rules
from results.demo.cast import CAST
from results.demo.files import shares, write_files
from results.demo.marks import units
from results.demo.programmes import programmes
from results.demo.sessions import SESSIONS

ENTRIES = 4000
MANAGED = {"01", "24", "25"}
ENTRY_COLUMNS = (
    "numero;ine;nom;nom_usage;prenoms;date_naissance;lieu_naissance;courriel;adresse1;adresse2;"
    "adresse3;code_postal;ville;pays;specialite;statut;etablissement;academie;lieu_affichage;"
    "publication_web;suspendu;forme;unites;matieres;centre;code_acces"
)
MARK_COLUMNS = "numero;epreuve;note;etat;tour;session_origine"
SCHOOL_COLUMNS = "uai;nom;secteur;adresse;code_postal;ville;academie"
SITUATIONS = [pytest.param(situation, id=situation.key) for situation in CAST]


def rows(path, header):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == header
    return list(csv.DictReader(lines, delimiter=";"))


def fingerprint(directory):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()
    }


def mark_taken(row):
    value = int(Decimal(row["note"].replace(",", ".")) * 100) if row["note"] else None
    origin = int(row["session_origine"]) if row["session_origine"] else None
    status = rules.MarkStatus(row["etat"])
    return rules.MarkTaken(row["epreuve"], value, status, int(row["tour"]), origin)


def enrolment(entry):
    named = frozenset(pair.split("=")[0] for pair in entry["matieres"].split("|") if pair)
    return rules.Enrolment(frozenset(entry["unites"].split()), named, entry["statut"])


def deferred(july):
    """The entries that July defers, and the marks that they sat there."""
    numbers = [n for n, o in july.outcomes.items() if o.verdict is rules.Verdict.DEFERRED]
    marks = {n: [row for row in july.marks[n] if row["etat"] != "FM"] for n in numbers}
    return {n: july.entries[n] for n in numbers}, marks


def read_session(files, cast, july=None):
    regulations = {p.regulation.code: p.regulation for p in programmes(files.session).values()}
    if july:
        entries, sat = deferred(july)
    else:
        entries, sat = {row["numero"]: row for row in rows(files.entries, ENTRY_COLUMNS)}, {}
    mark_rows = rows(files.marks, MARK_COLUMNS)
    assert {row["tour"] for row in mark_rows} == {"1"}
    if files.second_round_marks:
        second = rows(files.second_round_marks, MARK_COLUMNS)
        assert {row["tour"] for row in second} == {"2"}
        mark_rows += second
    marks = defaultdict(list, sat)
    for row in mark_rows:
        marks[row["numero"]].append(row)
    rounds = 2 if files.second_round_marks else 1
    jury_points = {
        member.number: member.situation.jury_points
        for member in cast
        if member.situation.session == files.session.code
    }
    outcomes = {
        number: rules.decide(
            regulations[entry["specialite"]],
            [mark_taken(row) for row in marks[number]],
            round=rounds,
            withheld=entry["suspendu"] == "O",
            jury_points=jury_points.get(number, 0),
            enrolment=enrolment(entry),
        )
        for number, entry in entries.items()
    }
    return SimpleNamespace(
        session=files.session,
        regulations=regulations,
        entries=entries,
        marks=marks,
        outcomes=outcomes,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    files = write_files(tmp_path_factory.mktemp("demo"), entries=ENTRIES, seed=2026)
    sessions = {}
    for written in files.sessions:
        july = sessions.get(written.session.replaces)
        sessions[written.session.code] = read_session(written, files.cast, july)
    return SimpleNamespace(
        files=files,
        schools={row["uai"]: row for row in rows(files.schools, SCHOOL_COLUMNS)},
        sessions=sessions,
    )


@pytest.fixture(scope="module")
def entries(demo):
    return [
        entry
        for read in demo.sessions.values()
        if not read.session.replaces
        for entry in read.entries.values()
    ]


@pytest.fixture(scope="module")
def marks(demo):
    return [
        (entry, row)
        for read in demo.sessions.values()
        for number, entry in read.entries.items()
        for row in read.marks[number]
    ]


@pytest.mark.long
def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("once", 1), ("again", 1), ("other", 2)):
        write_files(tmp_path / name, entries=300, seed=seed)
    assert fingerprint(tmp_path / "once") == fingerprint(tmp_path / "again")
    assert fingerprint(tmp_path / "once").keys() == fingerprint(tmp_path / "other").keys()
    assert fingerprint(tmp_path / "once") != fingerprint(tmp_path / "other")


def test_the_cast_keeps_its_numbers_whatever_the_size_of_the_demo(demo, tmp_path):
    small = write_files(tmp_path, entries=100, seed=2026)
    assert [m.number for m in small.cast] == [m.number for m in demo.files.cast]


@pytest.mark.parametrize("total", [100, 300, 4000, 600_001])
def test_every_entry_asked_for_goes_to_a_session_and_every_session_has_some(total):
    counts = shares(total)
    assert sum(counts.values()) == total
    assert all((counts[session] > 0) is not bool(session.replaces) for session in SESSIONS)


def test_even_a_tiny_demo_has_the_whole_cast(tmp_path):
    files = write_files(tmp_path, entries=1, seed=7)
    assert [member.situation for member in files.cast] == sorted(
        CAST, key=lambda s: [session.code for session in SESSIONS].index(s.session)
    )


def test_the_demo_has_as_many_entries_as_asked(demo, entries):
    assert len(entries) == ENTRIES
    assert len({entry["numero"] for entry in entries}) == ENTRIES


def test_schools_have_well_formed_uais_that_no_real_school_has(demo):
    for code, school in demo.schools.items():
        digits, letter = code[:7], code[7:]
        assert letter == "ABCDEFGHJKLMNPRSTUVWXYZ"[int(digits) % 23]
        assert digits[3] == "9"
        assert school["code_postal"].startswith(digits[1:3] if digits[0] == "0" else digits[:3])
        assert len(school["nom"]) <= 150


def test_there_are_schools_of_every_sector_and_some_with_long_names(demo):
    assert Counter(school["secteur"] for school in demo.schools.values()).keys() == {
        "PUBLIC",
        "PRIVE_SOUS_CONTRAT",
        "PRIVE_HORS_CONTRAT",
        "CFA",
        "DISTANCE",
    }
    assert max(len(school["nom"]) for school in demo.schools.values()) > 90


def test_candidates_study_in_the_academy_of_their_school(demo, entries):
    for entry in entries:
        if entry["etablissement"]:
            assert demo.schools[entry["etablissement"]]["academie"] == entry["academie"]


def test_the_brevet_is_taken_at_colleges_and_no_other_exam_is(demo):
    for read in demo.sessions.values():
        schools = {entry["etablissement"] for entry in read.entries.values()} - {""}
        names = [demo.schools[school]["nom"] for school in schools]
        if read.session.exam == "DNB":
            assert all(name.startswith(("Collège", "Institution")) for name in names)
        else:
            assert not [name for name in names if name.startswith("Collège")]


def test_lists_are_posted_in_the_academies_of_the_office_only(demo, entries):
    places = {
        f"{school['nom']}, {school['ville']}"
        for school in demo.schools.values()
        if school["academie"] in MANAGED
    }
    assert {entry["lieu_affichage"] for entry in entries} <= places


def test_no_line_of_an_address_is_longer_than_38_characters(entries):
    for entry in entries:
        lines = [entry[f"adresse{n}"] for n in (1, 2, 3)]
        assert lines[0]
        assert lines == sorted(lines, key=lambda line: not line), "empty lines come last"
        lines += [f"{entry['code_postal']} {entry['ville']}", entry["pays"]]
        assert all(len(line) <= 38 for line in lines)
        assert all(re.fullmatch(r"[A-Z0-9 ]*", line) for line in lines)
        assert entry["pays"] != "FRANCE" or re.fullmatch(r"\d{5}", entry["code_postal"])


def test_nobody_but_the_one_of_the_cast_has_a_name_longer_than_a_line(demo, entries):
    too_long = [
        entry["numero"]
        for entry in entries
        if len(f"{entry['prenoms'].split()[0]} {entry['nom_usage'] or entry['nom']}") > 38
    ]
    assert too_long == [number_of(demo, "name-is-too-long")]


def test_one_of_the_cast_has_a_name_that_fills_the_line(demo):
    entry = demo.sessions["BTS-2026"].entries[number_of(demo, "name-fills-the-line")]
    line = recipient(entry["nom"], entry["prenoms"])
    assert line == "Marie-Amélie DE LA ROCHE-SAINT-VALLIER"
    assert len(line) == 38


def test_identifiers_have_their_shapes(entries):
    shapes = Counter()
    for entry in entries:
        assert re.fullmatch(r"[0-9A-Z]{1,20}", entry["numero"])
        assert entry["code_acces"] == ""
        assert re.fullmatch(r"\d\d/\d\d/(19|20)\d\d", entry["date_naissance"])
        shapes[
            next(
                name
                for name, shape in {
                    "none": "",
                    "directory": r"\d{9}[A-Z]{2}",
                    "bea": r"\d{10}[A-Z]",
                    "apprentice": r"\d{4}A\d{5}[A-Z]",
                }.items()
                if re.fullmatch(shape, entry["ine"])
            )
        ] += 1
    assert shapes.keys() == {"none", "directory", "bea", "apprentice"}


def test_two_entries_with_one_ine_are_the_same_person(entries):
    known = {}
    person = ("nom", "nom_usage", "prenoms", "date_naissance", "courriel", "adresse1", "ville")
    shared = 0
    for entry in entries:
        if entry["ine"]:
            described = [entry[column] for column in person]
            shared += entry["ine"] in known
            assert known.setdefault(entry["ine"], described) == described
    assert shared == 1, "the one who took the exam again"


def test_no_mail_can_reach_anyone(entries):
    domains = {entry["courriel"].partition("@")[2] for entry in entries}
    assert domains == {"example.org", "example.net", "example.com"}


def test_names_show_what_french_names_hold(entries):
    names = {entry["nom"] for entry in entries} | {entry["prenoms"] for entry in entries}
    for sign in ("é", "ï", "ç", "-", "'", "Le ", "de ", "d'", "El ", "Da "):
        assert any(sign in name for name in names), sign
    assert any(entry["nom_usage"] for entry in entries)


def test_every_kind_of_entry_is_there(entries):
    assert Counter(entry["statut"] for entry in entries).keys() == {
        "SCOLAIRE",
        "APPRENTI",
        "FORMATION_CONTINUE",
        "INDIVIDUEL",
        "DISTANCE",
    }
    assert {entry["publication_web"] for entry in entries} == {"O", "N", ""}
    assert {entry["forme"] for entry in entries} == {"G", "P"}
    assert {entry["academie"] for entry in entries} > MANAGED
    assert {entry["pays"] for entry in entries} > {"FRANCE"}


def test_pupils_and_apprentices_take_the_whole_exam_at_once(entries):
    progressive = {entry["statut"] for entry in entries if entry["forme"] == "P"}
    assert progressive == {"FORMATION_CONTINUE", "INDIVIDUEL", "DISTANCE"}


def test_every_entry_has_a_mark_for_each_unit_that_it_enters(demo):
    for read in demo.sessions.values():
        for number, entry in read.entries.items():
            regulation = read.regulations[entry["specialite"]]
            compulsory = dict(units(regulation, optional=False))
            entered = set(entry["unites"].split())
            first = [row for row in read.marks[number] if row["tour"] == "1"]
            taken = {row["epreuve"]: row["etat"] for row in first}
            assert len(taken) == len(first)
            for code, test in compulsory.items():
                if not rules.is_open(test, enrolment(entry)):
                    assert code not in taken
                elif not entered or {code, test.code} & entered:
                    assert code in taken
                else:
                    assert taken.get(code) in {None, "BEN", "REP"}


def test_marks_are_on_the_step_of_their_test(demo):
    shown = Counter()
    for read in demo.sessions.values():
        steps = {
            code: {
                unit.code: test.step for test in regulation.tests for unit in (test, *test.parts)
            }
            for code, regulation in read.regulations.items()
        }
        for number, entry in read.entries.items():
            for row in read.marks[number]:
                if row["note"]:
                    value = Decimal(row["note"].replace(",", "."))
                    assert 0 <= value <= 20
                    assert value % steps[entry["specialite"]][row["epreuve"]] == 0
                    shown[read.session.exam, value % 1] += 1
    of_bts = {part: count for (exam, part), count in shown.items() if exam == "BTS"}
    assert of_bts.keys() == {Decimal(part) for part in ("0", "0.25", "0.5", "0.75")}
    assert of_bts[0] > 0.6 * sum(of_bts.values())
    assert {part for exam, part in shown if exam == "CAP"} == {Decimal(0), Decimal("0.5")}
    assert ("BAC", Decimal("0.7")) in shown


def test_tests_have_the_names_of_the_subjects_taken(demo):
    bac = demo.sessions["BAC-2026"].entries.values()
    named = [dict(pair.split("=") for pair in entry["matieres"].split("|")) for entry in bac]
    assert all(subjects["LVA"] != subjects["LVB"] for subjects in named)
    specialities = {subjects.get("SPE1") for subjects in named}
    assert {"Mathématiques", "Sciences économiques et sociales", None} <= specialities
    assert {"OPT1", "OPT2"} <= {code for subjects in named for code in subjects}


def test_each_session_has_forty_entries_and_the_bts_of_the_year_most(demo):
    counts = {
        code: len(read.entries) for code, read in demo.sessions.items() if not read.session.replaces
    }
    assert min(counts.values()) >= 40
    assert max(counts, key=counts.get) == "BTS-2026"


def test_a_reason_replaces_the_mark_and_a_kept_mark_has_its_year(marks):
    seen = Counter()
    for entry, row in marks:
        seen[row["etat"]] += 1
        assert bool(row["note"]) is (row["etat"] in {"", "BEN", "REP"})
        assert bool(row["session_origine"]) is (row["etat"] in {"BEN", "REP"})
        if row["etat"] == "REP" and not entry["specialite"].startswith("DSCG"):
            assert entry["forme"] == "P"
    assert seen.keys() == {"", "ABS", "FM", "DISP", "BEN", "REP"}


def test_kept_marks_are_what_the_law_lets_one_keep(demo):
    for read in demo.sessions.values():
        for row in (
            row for taken in read.marks.values() for row in taken if row["session_origine"]
        ):
            value = Decimal(row["note"].replace(",", "."))
            assert (value >= 10) is (row["etat"] == "BEN")
            assert value >= (6 if read.session.exam == "DSCG" else 0)
            assert read.session.year - 5 <= int(row["session_origine"]) < read.session.year
            assert all(
                test.kept
                for regulation in read.regulations.values()
                for unit, test in units(regulation, optional=False)
                if unit == row["epreuve"]
            )


@pytest.mark.parametrize("code", ["BTS-2025", "BAC-2026", "BACPRO-2026", "BAC-2026-S"])
def test_whoever_is_called_to_the_second_round_has_its_marks_and_nobody_else(demo, code):
    read = demo.sessions[code]
    for number, entry in read.entries.items():
        regulation = read.regulations[entry["specialite"]]
        taken = [mark_taken(row) for row in read.marks[number]]
        first = rules.decide(
            regulation, taken, withheld=entry["suspendu"] == "O", enrolment=enrolment(entry)
        )
        second = [mark for mark in taken if mark.round == 2]
        called = first.verdict is rules.Verdict.CONTROL
        assert len(second) == (regulation.second_round.choose if called else 0)


def test_a_session_under_way_leaves_candidates_called_to_the_second_round(demo):
    verdicts = Counter(o.verdict for o in demo.sessions["BTS-2026"].outcomes.values())
    assert verdicts.keys() == set(rules.Verdict) - {
        rules.Verdict.INCOMPLETE,
        rules.Verdict.DEFERRED,
    }


def test_about_three_in_four_are_admitted_to_the_bts(demo):
    outcomes = demo.sessions["BTS-2026"].outcomes.values()
    admitted = sum(outcome.verdict is rules.Verdict.ADMITTED for outcome in outcomes)
    assert 0.70 < admitted / len(outcomes) < 0.82


def test_no_session_has_an_incomplete_entry(demo):
    for read in demo.sessions.values():
        assert not [o for o in read.outcomes.values() if o.verdict is rules.Verdict.INCOMPLETE]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_of_the_cast_gets_the_verdict_announced(demo, situation):
    outcome = demo.sessions[situation.session].outcomes[number_of(demo, situation.key)]
    assert outcome.verdict == situation.verdict
    assert (outcome.mention or "") == situation.mention


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_of_the_cast_says_what_it_stands_for(situation):
    assert len(str(situation.sees)) > 15
    assert [s.key for s in CAST].count(situation.key) == 1


def test_september_decides_on_those_of_july_and_on_nobody_else(demo):
    july, september = demo.sessions["BAC-2026"], demo.sessions["BAC-2026-S"]
    waiting = {n for n, o in july.outcomes.items() if o.verdict is rules.Verdict.DEFERRED}
    assert september.outcomes.keys() == waiting
    assert rules.Verdict.DEFERRED not in {o.verdict for o in september.outcomes.values()}
    for number in waiting:
        missed = {row["epreuve"] for row in july.marks[number] if row["etat"] == "FM"}
        sat = {row["epreuve"] for row in september.marks[number] if row["tour"] == "1"}
        assert missed <= sat


def test_the_famous_average_of_the_cast_is_cut_and_not_rounded(demo):
    outcome = demo.sessions["BTS-2026"].outcomes[number_of(demo, "shown-as-9.95")]
    assert (outcome.points, outcome.divisor) == (219, 22)
    assert rules.show(outcome.average) == "9.95"


def number_of(demo, key):
    return next(member.number for member in demo.files.cast if member.situation.key == key)
