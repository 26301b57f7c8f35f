"""Published documents of invented candidates, one for each situation a page or a sheet can show."""

from copy import deepcopy
from decimal import Decimal

# What regulations say: of the BTS, of the baccalauréat général, of the DNB.
BTS_RULES = {
    "pass_mark": "10",
    "absence": "eliminatory",
    "force_majeure": "zero",
    "kept": {
        "from_mark": "10",
        "report_from": None,
        "sessions": 5,
        "costs_mention": False,
        "renouncing_is_final": False,
    },
    "group_minimum": [],
    "caps": [],
    "second_round": {
        "from_average": "8",
        "choose": 2,
        "group_minimum": [{"group": "professional", "average": "10"}],
        "one_of_each": False,
    },
}
BAC_RULES = BTS_RULES | {
    "absence": "zero",
    "force_majeure": "replacement",
    "kept": BTS_RULES["kept"] | {"costs_mention": True, "renouncing_is_final": True},
    "second_round": BTS_RULES["second_round"] | {"group_minimum": []},
}
DNB_RULES = BAC_RULES | {
    "kept": None,
    "second_round": None,
    "caps": [{"group": "continuous", "average": "20"}],
}
_PARIS = {
    "code": "01",
    "name": "Paris",
    "managed": True,
    "rectorat": "Rectorat de Paris",
    "address": "12 boulevard d’Indochine, 75019 Paris",
    "website": "https://www.ac-paris.invalid",
    "email": "rectorat@ac-paris.invalid",
}
LILLE = {
    "code": "09",
    "name": "Lille",
    "managed": False,
    "rectorat": "Rectorat de Lille",
    "address": "144 rue de Bavay, 59000 Lille",
    "website": "https://www.ac-lille.invalid",
    "email": "examens@ac-lille.invalid",
}
_BTS_TESTS = [
    ("U1", "Culture générale et expression", "general", "3"),
    ("U2", "Langue vivante étrangère, écrit", "general", "1.5"),
    ("U3", "Langue vivante étrangère, oral", "general", "1.5"),
    ("U4", "Culture économique, juridique et managériale", "general", "3"),
    ("U5", "Développement de la relation client et vente conseil", "professional", "3"),
    ("U6", "Animation et dynamisation de l’offre commerciale", "professional", "3"),
    ("U7", "Gestion opérationnelle", "professional", "3"),
    ("U8", "Management de l’équipe commerciale", "professional", "3"),
]
_BAC_TESTS = [
    ("FR-E", "Français, écrit", "", "5"),
    ("FR-O", "Français, oral", "", "5"),
    ("PHI", "Philosophie", "", "8"),
    ("S1", "Enseignement de spécialité, mathématiques", "", "16"),
    ("S2", "Enseignement de spécialité, physique-chimie", "", "16"),
    ("GO", "Grand oral", "", "10"),
]


def line(code, label="Épreuve", *, mark=None, coefficient="3", group="", **fields):
    """One test of a document; what is counted and the points follow from the mark."""
    status = fields.get("status", "")
    counted = {"DISP": None, "ABS": None, "FM": "0"}.get(status, mark)
    points = None if counted is None else Decimal(counted) * Decimal(coefficient)
    if fields.get("optional") and counted is not None:
        points = max(Decimal(0), (Decimal(counted) - 10) * Decimal(coefficient))
    return {
        "code": code,
        "label": label,
        "group": group,
        "optional": False,
        "coefficient": coefficient,
        "mark": mark,
        "status": "",
        "origin": None,
        "second_mark": None,
        "second_status": "",
        "counted": counted,
        "points": None if points is None else canonical(points),
        "kept_for_next": False,
        "parts": [],
        "subject": "",
        "in_full": False,
        "ects": None,
        "in_difference": False,
        "minimum": None,
        **fields,
    }


def part(code, label="Partie", *, mark=None, coefficient="1", status=""):
    return {
        "code": code,
        "label": label,
        "coefficient": coefficient,
        "mark": mark,
        "status": status,
    }


def canonical(number):
    """The string a document carries for a number: no exponent, no useless zero."""
    return f"{number.normalize():f}"


def document(*, marks=(), tests=None, **changes):
    """An admitted candidate of a BTS, enrolled at a public school of Paris; `changes` prevail.

    A change whose value is a dict only changes those keys: `candidate={"ine": ""}`.
    """
    if tests is None:
        given = marks or ("12", "13", "15.5", "11", "14", "16.25", "10", "12.5")
        tests = [
            line(code, label, mark=mark, group=group, coefficient=coefficient)
            for (code, label, group, coefficient), mark in zip(_BTS_TESTS, given, strict=True)
        ]
    built = {**deepcopy(_ADMITTED), "tests": tests, **_sums(tests)}
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(built.get(key), dict)
        built[key] = {**built[key], **value} if nested else value
    return built


def second_round_admitted():
    tests = control()["tests"]
    tests[0] |= {"second_mark": "13.5", "counted": "13.5", "points": "40.5"}
    tests[3] |= {"second_mark": "9", "counted": "9", "points": "27"}
    return document(tests=tests, round=2)


def control():
    return document(
        marks=("7", "8.5", "9", "8", "11", "10.5", "10", "10.25"),
        verdict="CONTROL",
        diploma_route=None,
        control={
            "points_missing": "12.5",
            "choose": 2,
            "tests": [
                {"code": "U1", "label": _BTS_TESTS[0][1], "coefficient": "3", "mark": "7"},
                {"code": "U2", "label": _BTS_TESTS[1][1], "coefficient": "1.5", "mark": "8.5"},
                {"code": "U3", "label": _BTS_TESTS[2][1], "coefficient": "1.5", "mark": "9"},
                {"code": "U4", "label": _BTS_TESTS[3][1], "coefficient": "3", "mark": "8"},
            ],
            "pairs": [
                {"codes": ["U1", "U4"], "labels": [], "needed": "9.59"},
                {"codes": ["U1", "U2"], "labels": [], "needed": "10.28"},
                {"codes": ["U1", "U3"], "labels": [], "needed": "10.45"},
                {"codes": ["U2", "U4"], "labels": [], "needed": "10.95"},
                {"codes": ["U3", "U4"], "labels": [], "needed": "11.12"},
                {"codes": ["U2", "U3"], "labels": [], "needed": None},
            ],
        },
    )


def refused():
    tests = document(marks=("6", "8.5", "12", "7", "9", "8.25", "11", "9.5"))["tests"]
    for row in tests:
        row["kept_for_next"] = Decimal(row["mark"]) >= 10
    return document(
        tests=tests, verdict="REFUSED", diploma_route=None, reasons=["GROUP_MINIMUM:professional"]
    )


def refused_with_parts():
    """Of a test that is refused, one part at ten or more: that one is a unit acquired."""
    tests = refused()["tests"]
    parts = [("U11", "Écrit", "11.00"), ("U12", "Oral", "8.00"), ("U13", "Dossier", None)]
    tests[0] |= {
        "kept_for_next": True,
        "parts": [
            {"code": code, "label": label, "coefficient": "1", "mark": mark, "status": ""}
            for code, label, mark in parts
        ],
    }
    return refused() | {"tests": tests}


def eliminated():
    tests = refused()["tests"]
    tests[3] |= {"mark": None, "status": "ABS", "counted": None, "points": None}
    return document(
        tests=tests,
        verdict="ELIMINATED",
        average=None,
        reasons=["ABSENT:U4"],
        diploma_route=None,
    )


def not_final():
    """Two units of eight were entered; one of them stays acquired."""
    tests = refused()["tests"]
    for row in tests[2:]:
        row |= {"mark": None, "counted": None, "points": None, "kept_for_next": False}
    tests[0] |= {"mark": "12", "counted": "12", "points": "36", "kept_for_next": True}
    reasons = [f"NOT_HELD:{row['code']}" for row in tests[2:]]
    undecided = {"average": None, "reasons": reasons, "diploma_route": None}
    return document(tests=tests, verdict="NOT_FINAL", **undecided)


def deferred():
    """A test is replaced in September."""
    tests = document()["tests"]
    tests[3] |= {"mark": None, "status": "REMPL", "counted": None, "points": None}
    undecided = {"average": None, "reasons": ["REPLACED:U4"], "diploma_route": None}
    return document(tests=tests, verdict="DEFERRED", **undecided)


def brevet():
    """An average made of shares: 13,00 × 40 % + 8,00 × 60 %."""
    tests = [
        line("CC", "Contrôle continu", mark="13", group="continuous", coefficient="1"),
        line("FRA", "Français", mark="9", group="terminal", coefficient="2"),
        line("MAT", "Mathématiques", mark="7", group="terminal", coefficient="2"),
    ]
    return document(
        tests=tests,
        session={"exam": "DNB", "label": "DNB, session 2026"},
        rules=DNB_RULES,
        points="1000",
        divisor="100",
        points_required="1000",
        average="10.00",
        shares=[
            {"group": "continuous", "share": "40", "average": "13.00"},
            {"group": "terminal", "share": "60", "average": "8.00"},
        ],
    )


def brevet_refused():
    """A test that was missed counts 0."""
    built = brevet() | {"verdict": "REFUSED", "average": "8.50", "diploma_route": None}
    built["tests"][2] |= {"mark": None, "status": "ABS", "counted": "0", "points": "0"}
    return built


def under_a_minimum():
    """A mark lower than its test asks, whatever the average."""
    tests = refused()["tests"]
    tests[3] |= {"mark": "5.5", "counted": "5.5", "points": "16.5", "minimum": "6"}
    reasons = ["BELOW_MINIMUM:U4"]
    return document(tests=tests, verdict="ELIMINATED", reasons=reasons, diploma_route=None)


def capped_brevet():
    """Continuous assessment by subject, after the tests, that an option brings to its cap."""
    tests = [
        line("FRA", "Français", mark="18", group="terminal", coefficient="2"),
        line("CC-FRA", "Français", mark="19.5", group="continuous", coefficient="1"),
        line("CC-MAT", "Mathématiques", mark="19.5", group="continuous", coefficient="1"),
        line("CC-OPT", "Option", mark="18", group="continuous", coefficient="1", optional=True),
    ]
    shares = [
        {"group": "continuous", "share": "40", "average": "20.00"},
        {"group": "terminal", "share": "60", "average": "18.00"},
    ]
    return brevet() | {"tests": tests, "average": "18.80", "points": "1880", "shares": shares}


def project():
    """Groups that alternate, a project, an option counted in full, an absence that is excused."""
    tests = [
        line("U11", "Mathématiques", mark="12", group="general"),
        line("U2", "Préparation", mark="13", group="professional"),
        line("U7", "Éducation physique", status="EXC", group="general"),
        line("PROJET", "Projet", mark="18", coefficient="2", points="+16", in_difference=True),
        line("OPT", "Option", mark="9", group="general", optional=True, in_full=True, points="27"),
    ]
    return document(tests=tests)


def withheld():
    kept = ("version", "revision", "issued_at", "correction", "session", "speciality", "rules")
    built = document(verdict="WITHHELD")
    return {key: built[key] for key in (*kept, "candidate", "entry", "verdict", "round")}


def every_status():
    """Kept marks, force majeure, an exemption, parts, optional tests, points of the jury."""
    tests = [
        line("E1", "Culture générale", mark="14", status="BEN", origin=2024),
        line("E2", "Langue vivante", mark="8.5", status="REP", origin=2024),
        line("E3", "Mathématiques", status="FM", coefficient="1.5"),
        line("E4", "Économie", status="DISP"),
        line(
            "E5",
            "Projet",
            mark="15.60",
            parts=[
                part("E51", "Écrit", mark="17", coefficient="1.2"),
                part("E52", "Oral", mark="18", coefficient="0.8"),
                part("E53", "Dossier", mark="12"),
            ],
        ),
        line("E6", "Étude de cas", mark="13.80", coefficient="6"),
        line("EF1", "Langue des signes", mark="13.5", coefficient="2", optional=True),
        line("EF2", "Engagement étudiant", mark="9", coefficient="1", optional=True),
    ]
    return document(tests=tests, jury_points="2", entry={"form": "P", "status": "APPRENTI"})


def baccalaureat(**changes):
    marks = ("16", "18", "14", "17", "16.5", "19")
    tests = [
        line(code, label, mark=mark, coefficient=coefficient)
        for (code, label, _group, coefficient), mark in zip(_BAC_TESTS, marks, strict=True)
    ]
    return document(
        tests=tests,
        **{
            "session": {"code": "BAC-G-2026", "exam": "BAC", "label": "Baccalauréat, session 2026"},
            "speciality": {"code": "BAC-G-2026", "label": "Baccalauréat général"},
            "rules": BAC_RULES,
            "mention": "Très bien",
            **changes,
        },
    )


def baccalaureat_without_mention(status="BEN", of_part=False):
    """Admitted, with a mark kept, of a test or of a part: it costs the mention."""
    built = baccalaureat(mention=None, average="13.95")
    kept = {"status": status, "origin": 2025}
    if of_part:
        built["tests"][0]["parts"] = [part("P1", "Écrit", mark="12") | {"status": status}]
    else:
        built["tests"][0] |= kept
    return built


def baccalaureat_refused():
    """An absence that counts 0, and marks kept, which cost the mention."""
    built = baccalaureat(verdict="REFUSED", mention=None, average="9.40", diploma_route=None)
    built["tests"][2] |= {"mark": None, "status": "ABS", "counted": "0", "points": "0"}
    built["tests"][0]["kept_for_next"] = True
    return built


def cap_eliminated():
    """A test missed, of an exam with a September session."""
    return eliminated() | {
        "session": eliminated()["session"] | {"exam": "CAP", "label": "CAP, session 2026"},
        "rules": BTS_RULES | {"force_majeure": "replacement", "second_round": None},
    }


def longest():
    """Everything as long as the database takes it: names, labels, twelve tests, all with parts."""
    label = "Développement de la relation client et dynamisation de l’offre"
    parts = [part(f"E{n}", "Sous-épreuve écrite", mark="12.5") for n in range(3)]
    tests = [
        line(
            f"E{n}0",
            label,
            mark="12.345",
            parts=[{**p, "code": f"E{n}{i}"} for i, p in enumerate(parts)],
        )
        for n in range(1, 13)
    ]
    tests[0] |= {"second_mark": "13.25", "status": "BEN", "origin": 2024}
    return document(
        tests=tests,
        round=2,
        jury_points="1.25",
        speciality={"label": "Management " * 13 + "opérationnel"},
        candidate={
            "number": "A1234567890123456789",
            "birth_name": "Rakotoarimanana-Andriamihajanirina Razafindrakotohasina " + "Long " * 5,
            "usage_name": "Montmorency-Rochefoucauld-Larochejaquelein " + "de Castelbajac " * 2,
            "given_names": "Marie-Antoinette Joséphine Anne-Sophie Guillemette " * 2,
            "birth_place": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne), Grand Est",
            "address": [
                "Appartement 128, escalier B, 3e étage",
                "Résidence des Hauts de Montfermeil B12",
                "128 avenue du Maréchal de Lattre de T",
                "51290 Saint-Remy-en-Bouzemont-Saint-Ge",
            ],
        },
        entry={
            "school": {
                "uai": "0750655E",
                "name": "Lycée général et technologique, section d’enseignement professionnel " * 2,
                "city": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
                "sector": "PUBLIC",
            }
        },
    )


def _sums(tests):
    compulsory = [t for t in tests if not t["optional"] and t["counted"] is not None]
    divisor = sum(Decimal(t["coefficient"]) for t in compulsory)
    points = sum(Decimal(t["points"]) for t in tests if t["points"] is not None)
    return {
        "points": canonical(points),
        "divisor": canonical(divisor),
        "points_required": canonical(10 * divisor),
        "average": str(int(points / divisor * 100) / Decimal(100)),
    }


_ADMITTED = {
    "version": 1,
    "revision": 1,
    "issued_at": "2026-07-02T10:00:00+02:00",
    "correction": None,
    "session": {
        "code": "BTS-2026",
        "exam": "BTS",
        "year": 2026,
        "label": "BTS, session 2026",
        "score_sheets_mailed_on": "2026-07-09",
        "register_again_from": "2026-10-12",
        "register_again_until": "2026-11-20",
        "control_choose_by": "2026-07-03",
        "control_tests_from": "2026-07-06",
        "control_tests_until": "2026-07-08",
    },
    "speciality": {"code": "MCO-2026", "label": "Management commercial opérationnel"},
    "rules": BTS_RULES,
    "candidate": {
        "number": "2612345678",
        "ine": "123456789AB",
        "birth_name": "Dupont",
        "usage_name": "",
        "given_names": "Léa Marie",
        "birth_date": "2004-12-31",
        "birth_place": "Paris",
        "address": ["APPARTEMENT 3", "12 RUE DES LILAS", "75011 PARIS"],
    },
    "entry": {
        "status": "SCOLAIRE",
        "form": "G",
        "posting_place": "Lycée de l’Exemple",
        "school": {
            "uai": "0750655E",
            "name": "Lycée de l’Exemple",
            "city": "Paris",
            "sector": "PUBLIC",
        },
        "academy": _PARIS,
    },
    "verdict": "ADMITTED",
    "round": 1,
    "mention": None,
    "reasons": [],
    "jury_points": None,
    "control": None,
    "diploma_route": "SCHOOL",
}
