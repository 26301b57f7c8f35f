"""Regulation files: those shipped agree with their sources, and errors name their place."""

import re
from decimal import Decimal

import pytest

from candidates.models import Entry
from results.regulations.files import (
    ENTRY_STATUSES,
    RegulationFileError,
    parse_regulation,
    shipped_files,
)
from results.rules import KeptRule, MentionRule, PartRule, decider, open_to_second_round
from tests.results.sheets import SHIPPED

GOOD = """\
exam = "BTS"
code = "XYZ-2026"
label = "Spécialité d’essai"
from_session = 2026
pass_mark = 10
absence = "eliminatory"

[second_round]
from_average = 8
group_minimum = { professional = 10 }
choose = 2
among = "general"

[[mentions]]
label = "Assez bien"
from_average = 12

[[tests]]
code = "U1"
label = "Culture générale"
coefficient = 1.5
group = "general"

[[tests]]
code = "U2"
label = "Langue"
coefficient = 3
group = "general"
parts = [
    { code = "U21", label = "Écrit", coefficient = 1.5 },
    { code = "U22", label = "Oral", coefficient = 1.5 },
]

[[tests]]
code = "U3"
label = "Pratique"
coefficient = 4
group = "professional"
minimum = 7.5

[[tests]]
code = "F1"
label = "Option"
coefficient = 1
optional = true
"""


SERIES = ["STMG", "ST2S", "STI2D", "STL", "STD2A", "STHR", "S2TMD"]


def _errors(text):
    with pytest.raises(RegulationFileError) as raised:
        parse_regulation(text, name="essai.toml")
    return raised.value.errors


# --- what is shipped


@pytest.mark.parametrize(
    ("code", "exam", "first", "coefficients"),
    [
        ("SIO-SISR", "BTS", 2026, 22),
        ("SIO-SLAM", "BTS", 2026, 22),
        ("MCO-2026", "BTS", 2026, 21),
        ("MCO-2020", "BTS", 2022, 21),
        ("BAC-G-2026", "BAC", 2026, 100),
        ("AMA-CVPM", "BAC PRO", 2022, 31),
        ("BAC-G-2027", "BAC", 2027, 100),
        ("BAC-STMG-2023", "BAC", 2023, 100),
        ("BAC-STL-2027", "BAC", 2027, 100),
        ("MELEC-2026", "BAC PRO", 2026, 26),
        ("NDRC-2022", "BTS", 2022, 21),
        ("BATIMENT-2022", "BTS", 2022, 28),
        ("SN-2022", "BTS", 2022, 26),
        ("ASSURANCE-2009", "BTS", 2009, 22),
        ("AVA-2009", "BTS", 2009, 24),
        ("BP-BOULANGER-2014", "BP", 2014, 28),
        ("BP-COIFFURE-2013", "BP", 2013, 32),
        ("AEPE", "CAP", 2020, 21),
        ("ELECTRICIEN", "CAP", 2021, 19),
        ("BOULANGER", "CAP", 2016, 23),
        ("SECURITE", "CAP", 2012, 23),
        ("COIFFURE-2007", "CAP", 2009, 22),
        ("DNB-G-2026", "DNB", 2026, 11),
        ("DNB-P-2026", "DNB", 2026, 11),
        ("DNB-IND-2026", "DNB", 2026, 10),
        ("DCG-2020", "DCG", 2020, 13),
        ("DSCG-2027", "DSCG", 2027, Decimal("8.5")),
    ],
)
def test_the_coefficients_of_a_shipped_regulation_have_the_published_sum(
    code, exam, first, coefficients
):
    regulation = SHIPPED[code]
    assert (regulation.exam, regulation.from_session) == (exam, first)
    compulsory = [t for t in regulation.tests if not t.optional and not t.in_difference]
    assert sum(test.coefficient for test in compulsory) == coefficients
    assert regulation.source


def test_every_shipped_file_has_its_code_to_itself_and_names_its_sources():
    assert len(SHIPPED) == len(shipped_files()) == 39
    for path in shipped_files():
        assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_regulation_is_checked_where_its_file_has_nothing_to_check():
    for path in shipped_files():
        text = path.read_text(encoding="utf-8")
        head = text[: text.index("exam = ")]
        checked = parse_regulation(text, name=path.name).checked
        assert checked == (not re.search("[Tt]o check", head)), path.name


def test_what_was_replaced_has_its_last_session():
    last = {code: rules.until_session for code, rules in SHIPPED.items() if rules.until_session}
    techno = {f"BAC-{name}-2023": 2026 for name in SERIES}
    assert last == techno | {
        "BAC-G-2026": 2026,
        "MCO-2020": 2025,
        "BATIMENT-2022": 2025,
        "SN-2022": 2024,
        "ASSURANCE-2009": 2021,
        "AVA-2009": 2021,
        "COIFFURE-2007": 2020,
    }


def test_the_brevet_shows_the_real_coefficients_under_its_shares():
    brevet = SHIPPED["DNB-G-2026"]
    assert brevet.shares == {"continuous": 40, "terminal": 60}
    assert brevet.caps == {"continuous": 20}
    weights = " ".join(f"{test.code} {test.coefficient}" for test in brevet.tests)
    assert weights == "CC 1 FRA 2 MAT 2 HGE 2 SCI 2 ORA 2"
    parts = brevet.tests[3].parts
    assert [(part.code, str(part.coefficient)) for part in parts] == [("HG", "1.5"), ("EMC", "0.5")]


@pytest.mark.parametrize(
    ("exam", "force_majeure"),
    [
        *[
            ("BTS", "zero"),
            ("DCG", "zero"),
            ("DSCG", "zero"),
            ("BAC", "replacement"),
            ("BAC PRO", "replacement"),
        ],
        *[("CAP", "replacement"), ("BP", "replacement"), ("DNB", "replacement")],
    ],
)
def test_force_majeure_is_that_of_the_exam(exam, force_majeure):
    of_exam = {rules.force_majeure for rules in SHIPPED.values() if rules.exam == exam}
    assert of_exam == {force_majeure}


def test_the_baccalaureat_gives_whole_points_and_tenths():
    steps = {
        (test.group, str(test.step), test.rounding)
        for rules in SHIPPED.values()
        if rules.exam == "BAC"
        for test in rules.tests
    }
    assert steps == {("terminal", "1", ""), ("continuous", "0.1", "up")}


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_shipped_regulation_can_decide(code):
    assert decider(SHIPPED[code]).decide([]).verdict == "INCOMPLETE"


@pytest.mark.parametrize(
    ("code", "weights"),
    [
        ("SIO-SLAM", "U1 2 U2 2 U3 3 U4 3 U5 4 U6 4 U7 4"),
        ("MCO-2026", "U1 3 U2 1.5 U3 1.5 U4 3 U5 3 U6 3 U7 3 U8 3"),
        ("MCO-2020", "E1 3 E2 3 E3 3 E4 6 E5 3 E6 3"),
        (
            "BAC-G-2026",
            "FRE 5 FRO 5 PHI 8 SPE1 16 SPE2 16 GO 10 HG 6 LVA 6 LVB 6 ES 6 EPS 6 EMC 2 SPE3 8",
        ),
        (
            "AMA-CVPM",
            "U11 3 U12 1.5 U13 1.5 U2 3 U31 3 U32 2 U33 3 U34 3 U35 1 U36 1 "
            "U4 2 U51 2.5 U52 2.5 U6 1 U7 1 PROJET 2",
        ),
        ("NDRC-2022", "U1 3 U2 3 U3 3 U4 5 U5 4 U6 3"),
        ("BATIMENT-2022", "E1 4 E2 2 E3 4 E4 6 E5 6 E6 6 UF1 1"),
        ("SN-2022", "U1 3 U2 2 U3 3 U4 5 U5 5 E6 8"),
        ("ASSURANCE-2009", "U1 3 U2 2 U3 3 U4 3 E5 8 U6 3"),
        ("AVA-2009", "U1 2 U2 2 E3 4 U4 4 E5 8 U6 4 UF1 1"),
        *(
            (
                f"BAC-{series}-2023",
                "FRE 5 FRO 5 PHI 4 SPE1 16 SPE2 16 GO 14 HG 6 LVA 6 LVB 6 MAC 6 EPS 6 EMC 2 SPE3 8",
            )
            for series in SERIES
        ),
        *(
            (
                f"BAC-{series}-2027",
                "FRE 5 FRO 5 MAA 2 PHI 4 SPE1 16 SPE2 16 GO 12 "
                "HG 6 LVA 6 LVB 6 MAC 6 EPS 6 EMC 2 SPE3 8",
            )
            for series in SERIES
        ),
        (
            "BAC-G-2027",
            "FRE 5 FRO 5 MAA 2 PHI 8 SPE1 16 SPE2 16 GO 8 HG 6 LVA 6 LVB 6 ES 6 EPS 6 EMC 2 SPE3 8",
        ),
        (
            "MELEC-2026",
            "U11 1.5 U12 1.5 U2 3 U31 7 U32 2 U33 1 U34 1 U4 2 U51 2.5 U52 2.5 U6 1 U7 1 PROJET 2",
        ),
        ("AEPE", "UP1 6 UP2 4 UP3 4 UG1 3 UG2 2 UG3 1 UG4 1 UF 1"),
        ("ELECTRICIEN", "UP1 6 UP2 4 UP3 2 UG1 3 UG2 2 UG3 1 UG4 1 UF 1"),
        ("BOULANGER", "UP1 4 UP2 12 UG1 3 UG2 2 UG3 1 UG4 1 UF 1"),
        ("SECURITE", "UP1 8 UP2 4 UP3 4 UG1 3 UG2 2 UG3 1 UG4 1 UF 1"),
        ("COIFFURE-2007", "UP1 3 UP2 10 UP3 2 UG1 3 UG2 2 UG3 1 UG4 1 UF 1"),
        ("BP-COIFFURE-2013", "E1 6 E2 5 E3 5 E4 5 E5 8 E6 3 UF 1"),
        ("BP-BOULANGER-2014", "E1 12 E2 3 E3 3 E4 6 E5 3 E6 1 UF 1"),
        ("DSCG-2027", "UE1 1.5 UE2 1 UE3 1.5 UE4 1.5 UE5 1 UE6 1 UE7 1"),
        ("DNB-IND-2026", "FRA 2 MAT 2 HGE 2 SCI 2 LV 2"),
    ],
)
def test_each_coefficient_is_the_one_of_the_regulation(code, weights):
    written = " ".join(f"{test.code} {test.coefficient}" for test in SHIPPED[code].tests)
    assert written == weights


def test_the_bts_calls_to_control_in_general_tests_alone_and_has_no_mention():
    for code in ("SIO-SISR", "SIO-SLAM", "MCO-2026", "MCO-2020"):
        (offered,) = open_to_second_round(SHIPPED[code])
        assert {test.group for test in offered} == {"general"}
        assert SHIPPED[code].mentions == ()
        assert SHIPPED[code].absence == "eliminatory"
        assert SHIPPED[code].second_round.group_minimum == {"professional": 10}


def test_units_are_attested_as_blocks_where_a_text_says_so():
    attested = {one.exam for one in SHIPPED.values() if one.kept.blocks}
    assert attested == {"BTS", "CAP", "BP"}
    assert all(one.kept.blocks for one in SHIPPED.values() if one.exam in attested)
    assert "D. 643-15" in SHIPPED["SIO-SISR"].kept.blocks


def test_no_block_is_attested_where_no_unit_stays_acquired():
    (error,) = _errors(EVERY_KEY.replace("[[tests]]\n", "[[tests]]\nkept = false\n"))
    assert "aucune épreuve obligatoire ne reste acquise" in error.message
    line = EVERY_KEY.replace("[[tests]]\n", "[[tests]]\nkept = false\n").splitlines()
    assert line[error.line - 1].startswith("blocks = ")


@pytest.mark.parametrize("code", sorted(code for code in SHIPPED if code.startswith("BAC-")))
def test_terminal_and_continuous_tests_of_the_baccalaureat_are_sixty_and_forty(code):
    weights = {"terminal": 0, "continuous": 0}
    for test in SHIPPED[code].tests:
        weights[test.group] += test.coefficient
        assert test.kept is (test.group == "terminal")
    assert weights == {"terminal": 60, "continuous": 40}
    assert SHIPPED[code].kept == KeptRule(sessions=5, renouncing_is_final=True)
    assert not SHIPPED[code].mention_with_kept_marks


def test_european_credits_add_up_to_those_of_the_diploma():
    for code, credits in [
        ("SIO-SISR", 120),
        ("SIO-SLAM", 120),
        ("MCO-2026", 120),
        ("DSCG-2027", 120),
        ("DCG-2020", 180),
    ]:
        assert sum(test.ects or 0 for test in SHIPPED[code].tests) == credits


# --- a good file


def test_a_file_becomes_a_regulation():
    regulation = parse_regulation(GOOD, name="essai.toml")
    assert regulation.code == "XYZ-2026"
    assert regulation.second_round.among == "general"
    assert regulation.mentions == (MentionRule("Assez bien", Decimal(12)),)
    assert regulation.tests[0].coefficient == Decimal("1.5")
    assert regulation.tests[1].parts[0] == PartRule("U21", "Écrit", Decimal("1.5"))
    assert regulation.tests[2].minimum == Decimal("7.5")
    assert regulation.tests[3].optional
    assert regulation.mention_with_kept_marks
    assert regulation.group_minimum == {}


def test_numbers_are_read_as_decimals_and_not_as_binary_fractions():
    regulation = parse_regulation(GOOD.replace("= 1.5\ngroup", "= 1.1\ngroup"), name="essai.toml")
    assert str(regulation.tests[0].coefficient) == "1.1"


def test_what_is_optional_in_the_format_may_be_left_out():
    short = GOOD[: GOOD.index("[second_round]")] + GOOD[GOOD.index("[[tests]]") :]
    regulation = parse_regulation(short, name="essai.toml")
    assert (regulation.second_round, regulation.mentions) == (None, ())


@pytest.mark.parametrize(
    ("among", "lists"),
    [
        ('"general"', [["U1", "U2"]]),
        ('""', [["U1", "U2", "U3"]]),
        ('["U1", "U3"]', [["U1", "U3"]]),
        ('[["U1", "U2"], ["U3"]]', [["U1", "U2"], ["U3"]]),
    ],
)
def test_the_second_round_is_open_to_a_group_a_list_or_several_lists(among, lists):
    text = GOOD.replace('among = "general"', f"among = {among}")
    offered = open_to_second_round(parse_regulation(text, name="essai.toml"))
    assert [[test.code for test in tests] for tests in offered] == lists


EVERY_KEY = (
    'status = "checked"\nuntil_session = 2027\nforce_majeure = "replacement"\nbooklet = true\n'
    + GOOD[: GOOD.index("[second_round]")]
    + """\
[shares]
general = 40
professional = 60
[caps]
general = 20
[kept]
from_mark = 8
report_from = 6
sessions = 8
costs_mention = true
renouncing_is_final = true
blocks = "article D. 643-15"
"""
    + GOOD[GOOD.index("[[mentions]]") :]
    .replace(
        "minimum = 7.5", 'minimum = 7.5\nstep = 0.5\nrounding = "up"\nects = 17\nreplaced = false'
    )
    .replace(
        "optional = true",
        'optional = true\ngroup = "general"\ncounts = "full"\nstatuses = ["SCOLAIRE"]\n'
        'subjects = ["Latin", "Grec"]',
    )
)


def test_every_key_of_the_format_is_read():
    regulation = parse_regulation(EVERY_KEY, name="essai.toml")
    assert (regulation.checked, regulation.until_session, regulation.booklet) == (True, 2027, True)
    assert regulation.force_majeure == "replacement"
    assert regulation.shares == {"general": 40, "professional": 60}
    assert regulation.caps == {"general": 20}
    assert regulation.kept == KeptRule(Decimal(8), Decimal(6), 8, True, "article D. 643-15")
    assert not regulation.mention_with_kept_marks
    practice, option = regulation.tests[2:]
    assert (practice.step, practice.rounding, practice.ects) == (Decimal("0.5"), "up", 17)
    assert (option.counts, option.statuses) == ("full", ("SCOLAIRE",))
    assert option.subjects == ("Latin", "Grec")
    assert [test.replaced for test in regulation.tests] == [True, True, False, True]
    assert decider(regulation).decide([]).verdict == "INCOMPLETE"


def test_statuses_are_those_of_entries():
    assert list(ENTRY_STATUSES) == Entry.Status.values


def test_without_the_further_keys_a_file_means_what_it_meant():
    regulation = parse_regulation(GOOD, name="essai.toml")
    assert (regulation.checked, regulation.until_session, regulation.booklet) == (
        False,
        None,
        False,
    )
    assert (regulation.shares, regulation.caps, regulation.force_majeure) == ({}, {}, "zero")
    assert regulation.kept == KeptRule()
    assert {test.step for test in regulation.tests} == {Decimal("0.01")}


def test_a_part_may_have_a_group_of_its_own():
    text = GOOD.replace('"Oral", coefficient = 1.5', '"Oral", coefficient = 1.5, group = "oral"')
    text = text.replace("{ professional = 10 }", "{ professional = 10, oral = 8 }")
    regulation = parse_regulation(text, name="essai.toml")
    assert [part.group for part in regulation.tests[1].parts] == ["", "oral"]


PROJECT = '[[tests]]\ncode = "P"\nlabel = "Projet"\ncoefficient = 2\ncounts = "difference"\n'


def test_a_project_counts_as_a_difference_and_is_retaken_by_nobody():
    text = GOOD + PROJECT
    project = parse_regulation(text, name="essai.toml").tests[-1]
    assert (project.in_difference, project.optional) == (True, False)
    for among in ('["U1", "P"]', '[["U1"], ["P"]]'):
        (error,) = _errors(text.replace('among = "general"', f"among = {among}"))
        assert error.message == "« P » n’est pas une épreuve obligatoire"
    every = parse_regulation(text.replace('among = "general"', 'among = ""'), name="essai.toml")
    assert [test.code for test in open_to_second_round(every)[0]] == ["U1", "U2", "U3"]


def test_a_group_of_projects_alone_has_no_average():
    text = GOOD + PROJECT + 'group = "project"\n'
    (error,) = _errors(text.replace("{ professional = 10 }", "{ project = 10 }"))
    assert "du groupe « project »" in error.message
    only = GOOD[: GOOD.index("[second_round]")] + PROJECT
    (error,) = _errors(only)
    assert "au moins une épreuve obligatoire" in error.message


@pytest.mark.parametrize("code", ["AMA-CVPM", "MELEC-2026"])
def test_pupils_and_apprentices_of_the_bac_pro_have_a_project(code):
    (project,) = (test for test in SHIPPED[code].tests if test.in_difference)
    assert (project.coefficient, project.statuses) == (2, ("SCOLAIRE", "APPRENTI"))


@pytest.mark.parametrize("code", sorted(code for code in SHIPPED if code.startswith("BAC-")))
def test_the_baccalaureat_replaces_every_test_but_sport(code):
    assert [test.code for test in SHIPPED[code].tests if not test.replaced] == ["EPS"]


# --- bad files

CONTRADICTIONS = [
    # replaced in `EVERY_KEY`, by, what is replaced on the line of the error, what it says
    ("professional = 60", "professional = 50", "[shares]", "les parts font 90, et non 100"),
    ("professional = 60", "autre = 60", "autre = 60", "du groupe « autre »"),
    ("general = 20", "autre = 20", "autre = 20", "du groupe « autre »"),
    ("general = 20", "general = 21", "general = 21", "20 au plus"),
    ('"general"\ncounts', '"autre"\ncounts', 'group = "autre"', "« F1 » n’est d’aucun groupe"),
    (
        "[caps]",
        "[second_round]\nfrom_average = 8\nchoose = 1\n[caps]",
        "[second_round]",
        "aucun examen n’a un second tour avec des parts ou des plafonds de groupes",
    ),
    (
        "[shares]\ngeneral = 40\nprofessional = 60",
        "[second_round]\nfrom_average = 8\nchoose = 1",
        "[second_round]",
        "ôtez [second_round], ou [shares] et [caps]",
    ),
    ("step = 0.5", "step = 0.3", "step = 0.3", "aucune note n’a ce pas"),
    ("step = 0.5", "step = 0", "step = 0", "supérieur à 0"),
    ('rounding = "up"', 'rounding = "down"', 'rounding = "down"', "« up »"),
    ("ects = 17", 'counts = "full"', 'counts = "full"', "d’une épreuve facultative"),
    ('"full"', '"difference"', 'counts = "difference"', "d’une épreuve obligatoire"),
    ("ects = 17", 'counts = "difference"', 'counts = "difference"', "ni note éliminatoire"),
    ("ects = 17", 'counts = "difference"', 'counts = "difference"', "aucune part"),
    ('counts = "full"', 'counts = "half"', 'counts = "half"', "« full » ou « difference »"),
    ('force_majeure = "replacement"\n', "", "replaced = false", "n’est remplacée nulle part"),
    ('["SCOLAIRE"]', '["LYCEEN"]', 'statuses = ["LYCEEN"]', "« LYCEEN » n’est pas de"),
    ('"Grec"]', '"Latin"]', 'subjects = ["Latin", "Latin"]', "« Latin » est là deux fois"),
    ('["Latin", "Grec"]', "12", "subjects = 12", "une liste de textes"),
    ('["Latin", "Grec"]', '["A|B"]', 'subjects = ["A|B"]', "ni barre « | »"),
    ('["Latin", "Grec"]', '["Latin "]', 'subjects = ["Latin "]', "ni espaces de trop"),
    ('["Latin", "Grec"]', '["a\\u0000b"]', 'subjects = ["a\\u0000b"]', "ni espaces de trop"),
    ('"article D. 643-15"', '"a\\u0000b"', 'blocks = "a\\u0000b"', "qui ne s’imprime pas"),
    ("professional = 60\n", "", "[shares]", "les parts font 40, et non 100"),
    ("general = 20", "", "[caps]", "« caps » est vide"),
    ("ects = 17", "ects = 0", "ects = 0", "entier de 1 à 180"),
    ("report_from = 6", "report_from = 8", "report_from = 8", "sous la note qui reste"),
    ("from_mark = 8", "from_mark = 21", "from_mark = 21", "de 0 à 20"),
    ("sessions = 8", "sessions = 0", "sessions = 0", "entier de 1 à 20"),
    ('"article D. 643-15"', "true", "blocks = true", "« blocks » doit être un texte"),
    ('"article D. 643-15"', '" "', 'blocks = " "', "« blocks » doit être un texte"),
    ("costs_mention = true", "cost = true", "cost = true", "clé inconnue : « cost »"),
    (
        "booklet = true",
        "mention_with_kept_marks = true",
        "costs_mention = true",
        "le contraire de « mention_with_kept_marks »",
    ),
    ('"replacement"', '"septembre"', 'force_majeure = "septembre"', "« zero » ou « replacement »"),
    ('"checked"', '"sure"', 'status = "sure"', "« to_check » ou « checked »"),
    ("2027", "2025", "until_session = 2025", "la dernière session est avant la première"),
    (
        '"Oral", coefficient = 1.5',
        '"Oral", coefficient = 1.5, group = "general"',
        "parts = [",
        "une épreuve a un seul groupe",
    ),
]


@pytest.mark.parametrize(("replaced", "by", "at", "message"), CONTRADICTIONS)
def test_what_contradicts_itself_is_told_with_its_line(replaced, by, at, message):
    assert replaced in EVERY_KEY
    text = EVERY_KEY.replace(replaced, by, 1)
    errors = _errors(text)
    line = text.splitlines().index(at) + 1
    assert any(message in error.message for error in errors)
    assert line in {error.line for error in errors if message in error.message}


def _line(words):
    return GOOD.splitlines().index(words) + 1


MISTAKES = [
    # replaced, by, line of the error (a number: after the change), what the message says
    ('code = "XYZ-2026"', "", 1, "il manque « code »"),
    ('code = "XYZ-2026"', 'code = "xyz 2026"', 2, "« xyz 2026 » ne convient pas"),
    ('exam = "BTS"', "exam = 12", 1, "doit être un texte"),
    ('exam = "BTS"', 'exam = " "', 1, "doit être un texte"),
    ("from_session = 2026", "from_session = 26", 4, "entier de 2000 à 2100"),
    ("from_session = 2026", "from_session = true", 4, "entier de 2000 à 2100"),
    ("pass_mark = 10", "pass_mark = 0", 5, "supérieur à 0, 20 au plus"),
    ("pass_mark = 10", "pass_mark = 20.5", 5, "supérieur à 0, 20 au plus"),
    ("pass_mark = 10", "pass_mark = nan", 5, "un nombre"),
    ("pass_mark = 10", 'pass_mark = "10"', 5, "un nombre"),
    ('absence = "eliminatory"', 'absence = "grave"', 6, "« eliminatory » ou « zero »"),
    ('absence = "eliminatory"', 'absense = "zero"', 6, "clé inconnue : « absense »"),
    ("from_average = 8", "from_average = 10", 9, "sous la moyenne exigée"),
    ("from_average = 8", "", 8, "il manque « from_average »"),
    ("{ professional = 10 }", "{ profesional = 10 }", 10, "du groupe « profesional »"),
    ("{ professional = 10 }", "10", 10, "doit être une table"),
    ("choose = 2", "choose = 3", 11, "que parmi 2"),
    ("choose = 2", "choose = 0", 11, "entier de 1 à 10"),
    ('among = "general"', 'among = "autre"', 12, "du groupe « autre »"),
    ('among = "general"', 'among = ["U1", "U9"]', 12, "« U9 » n’est pas une épreuve obligatoire"),
    ('among = "general"', 'among = ["U1", "F1"]', 12, "« F1 » n’est pas une épreuve obligatoire"),
    ('among = "general"', 'among = ["U1", "U1"]', 12, "« U1 » est là deux fois"),
    ('among = "general"', 'among = [["U1"], ["U1", "U2"]]', 12, "« U1 » est là deux fois"),
    ('among = "general"', "among = 3", 12, "une liste de codes"),
    ('among = "general"', 'among = [["U1"], "U2"]', 12, "une liste de codes"),
    ('among = "general"', 'among = [["U1"], ["U2"], ["U3"]]', 11, "dans chacune"),
    ('label = "Assez bien"', 'label = "Assez bien"\nrang = 1', 16, "clé inconnue : « rang »"),
    ("from_average = 12", "from_average = 9", 16, "commence à la moyenne exigée"),
    ("coefficient = 1.5\ngroup", "coefficient = 0\ngroup", 21, "supérieur à 0"),
    ("coefficient = 1.5\ngroup", "coefficient = -1\ngroup", 21, "supérieur à 0"),
    ("coefficient = 1.5\ngroup", "coefficient = 1.555\ngroup", 21, "deux décimales"),
    ("coefficient = 1.5\ngroup", "group", 18, "il manque « coefficient »"),
    ('code = "U2"', 'code = "U1"', 25, "le code « U1 » est déjà pris"),
    ('code = "U22"', 'code = "U21"', 29, "le code « U21 » est déjà pris"),
    ('code = "U21"', 'code = "U2"', 29, "le code « U2 » est déjà pris"),
    ('code = "U21"', 'code = "u21"', 29, "« u21 » ne convient pas"),
    ('"Écrit", coefficient = 1.5', '"Écrit"', 29, "il manque « coefficient »"),
    ('"Écrit",', '"Écrit", coef = 1,', 29, "clé inconnue : « coef »"),
    ("minimum = 7.5", "minimum = 25", 39, "de 0 à 20"),
    ("minimum = 7.5", "minimum = -1", 39, "de 0 à 20"),
    ("minimum = 7.5", "optional = 1", 39, "true ou false"),
    ("optional = true", "optional = true\nminimum = 5", 46, "pas de note éliminatoire"),
]


@pytest.mark.parametrize(("replaced", "by", "line", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_line(replaced, by, line, message):
    assert replaced in GOOD
    errors = _errors(GOOD.replace(replaced, by, 1))
    assert [error.line for error in errors if message in error.message] == [line]


def test_one_mistake_is_told_once():
    for replaced, by, _at, _message in MISTAKES:
        if "among" not in by and "absen" not in by:
            assert len(_errors(GOOD.replace(replaced, by, 1))) == 1, by


def test_every_mistake_of_a_file_is_told_at_once_in_the_order_of_its_lines():
    text = GOOD.replace("2026", "26").replace("choose = 2", "choose = 9").replace("= 4", "= 0")
    errors = _errors(text)
    assert [error.line for error in errors] == [4, 11, 37]
    with pytest.raises(RegulationFileError) as raised:
        parse_regulation(text, name="essai.toml")
    first = str(raised.value).splitlines()[0]
    assert first.startswith("essai.toml:4: 1: « from_session » doit être")


def test_broken_toml_is_told_with_its_line_and_column():
    (error,) = _errors(GOOD.replace("pass_mark = 10", "pass_mark = = 10"))
    assert (error.line, error.column) == (5, 13)
    assert error.message.startswith("TOML illisible")


def test_brackets_nested_without_end_are_refused():
    (error,) = _errors("x = " + "[" * 5000)
    assert (error.line, "trop de crochets" in error.message) == (1, True)


def test_broken_toml_at_the_end_is_told_at_the_last_line():
    (error,) = _errors(GOOD + 'label = "sans fin')
    assert error.line == len(GOOD.splitlines()) + 1


@pytest.mark.parametrize("text", ["", "tests = []", "tests = 3", "tests = [1]"])
def test_a_file_without_tests_is_refused(text):
    assert any("« tests »" in error.message for error in _errors(text))


def test_there_must_be_a_compulsory_test():
    only = GOOD[: GOOD.index("[second_round]")] + GOOD[GOOD.rindex("[[tests]]") :]
    (error,) = _errors(only)
    assert "au moins une épreuve obligatoire" in error.message


def test_mentions_rise():
    twice = '[[mentions]]\nlabel = "Bien"\nfrom_average = 12\n\n[[tests]]'
    (error,) = _errors(GOOD.replace("[[tests]]", twice, 1))
    assert (error.line, error.message) == (20, "les mentions vont de la plus basse à la plus haute")


def test_an_optional_test_has_no_parts_and_one_part_is_none():
    parts = 'parts = [{ code = "F2", label = "x", coefficient = 1 }]'
    messages = [error.message for error in _errors(GOOD + parts)]
    assert messages == [
        "il faut au moins deux sous-épreuves, ou aucune",
        "une épreuve facultative n’a pas de sous-épreuves",
    ]


def test_parts_may_be_written_as_tables_and_mistakes_in_them_have_their_own_line():
    inline = GOOD[GOOD.index("parts = [") : GOOD.index('[[tests]]\ncode = "U3"')]
    tables = "".join(
        f'[[tests.parts]]\ncode = "{code}"\nlabel = "x"\ncoefficient = {weight}\n'
        for code, weight in (("U21", 1), ("U22", 0))
    )
    (error,) = _errors(GOOD.replace(inline, tables + "\n"))
    assert "« coefficient »" in error.message
    assert error.line == _line('group = "general"') + 5 + 9
