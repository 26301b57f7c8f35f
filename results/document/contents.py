"""The published document: what the page and the score sheet of one entry show, as plain data.

Numbers are decimal strings with a point, cut and never rounded up; dates are ISO strings.
"""

from candidates.models import School
from candidates.postal.envelope import postal_lines
from results import rules

VERSION = 1

PRINTED_DATES = (
    "score_sheets_mailed_on",
    "register_again_from",
    "register_again_until",
    "control_choose_by",
    "control_tests_from",
    "control_tests_until",
)
SHOWN_DATES = (*PRINTED_DATES, "diplomas_posted_from", "diplomas_at_school_from")


def diploma_route(*, academy_managed, school_hands_out, status):
    """How an admitted candidate gets the diploma: SCHOOL, HOME or OTHER_ACADEMY.

    It follows from the entry and from nothing else (DESIGN, section 3): the academy first; then a
    public school, or a private one under contract, hands out the diplomas of those it enrolled;
    anyone else gets it by post.
    """
    if not academy_managed:
        return "OTHER_ACADEMY"
    if school_hands_out and status not in {"INDIVIDUEL", "DISTANCE"}:
        return "SCHOOL"
    return "HOME"


class Context:
    """What all documents of one session and speciality share.

    `parts` and their keys are those that `shared_parts` keeps.
    """

    def __init__(self, *, session, regulation, schools, academies):
        self.year = session.year
        self.session = {
            "code": session.code,
            "exam": session.exam,
            "year": session.year,
            "label": session.label,
        } | session_dates(session)
        self.speciality = {"code": regulation.code, "label": regulation.label}
        self.tests = [_words_of_test(test) for test in regulation.tests]
        self.academies = {academy.code: _academy(academy) for academy in academies}
        self.schools = {school.uai: _school(school) for school in schools}

    def hands_out_diplomas(self, uai):
        return bool(uai) and self.schools[uai]["sector"] in _HANDING_OUT

    def diploma_route(self, identity):
        return diploma_route(
            academy_managed=self.academies[identity.academy_id]["managed"],
            school_hands_out=self.hands_out_diplomas(identity.school_id),
            status=identity.status,
        )


def session_dates(session, names=PRINTED_DATES):
    """The dates of `session` that pages and letters announce, ISO or None, by name."""
    dates = {name: getattr(session, name) for name in names}
    return {name: date and date.isoformat() for name, date in dates.items()}


_HANDING_OUT = {School.Sector.PUBLIC.value, School.Sector.PRIVATE_UNDER_CONTRACT.value}


def _academy(academy):
    return {
        "code": academy.code,
        "name": academy.name,
        "managed": academy.managed,
        "rectorat": academy.rectorat,
        "address": academy.address,
        "website": academy.website,
        "email": academy.email,
    }


def _school(school):
    return {
        "uai": school.uai,
        "name": school.name,
        "city": school.city,
        "sector": school.sector,
    }


def _words_of_test(test):
    return {
        "code": test.code,
        "label": test.label,
        "group": test.group,
        "optional": test.optional,
        "coefficient": rules.show_points(test.coefficient),
        "parts": [
            {
                "code": part.code,
                "label": part.label,
                "coefficient": rules.show_points(part.coefficient),
            }
            for part in test.parts
        ],
    }


def candidate(identity):
    return {
        "number": identity.number,
        "ine": identity.ine,
        "birth_name": identity.birth_name,
        "usage_name": identity.usage_name,
        "given_names": identity.given_names,
        "birth_date": str(identity.birth_date),
        "birth_place": identity.birth_place,
        "address": postal_lines(identity),
    }


def _shown(value):
    return None if value is None else rules.show(value)


def _hundredths(value):
    return None if value is None else f"{value // 100}.{value % 100:02d}"


def test(line, outcome, year):
    """One test as documents show it: a `rules.TestLine`, for the outcome of a session of `year`."""
    return {
        "code": line.test.code,
        "label": line.test.label,
        "group": line.test.group,
        "optional": line.test.optional,
        "coefficient": rules.show_points(line.test.coefficient),
        "mark": _shown(line.value),
        "status": line.status.value,
        "origin": line.origin,
        "second_mark": _shown(line.second_value),
        "second_status": line.second_status.value if line.second_status else "",
        "counted": _shown(line.counted),
        "points": None if line.points is None else rules.show_points(line.points),
        "kept_for_next": rules.unit_kept(line, outcome, session=year),
        "parts": [
            {
                "code": part.code,
                "label": part.label,
                "coefficient": rules.show_points(part.coefficient),
                "mark": _hundredths(value),
                "status": status.value,
            }
            for part, value, status in line.parts
        ],
    }


def control(options, lines):
    """Codes and labels of the tests one may choose, and the mark needed in each choice of them."""
    marks = {line.test.code: _shown(line.value) for line in lines}
    labels = {test.code: test.label for test in options.tests}
    return {
        "points_missing": rules.show_points(options.points_missing),
        "choose": options.choose,
        "tests": [
            {
                "code": test.code,
                "label": test.label,
                "coefficient": rules.show_points(test.coefficient),
                "mark": marks[test.code],
            }
            for test in options.tests
        ],
        "pairs": [
            {
                "codes": list(codes),
                "labels": [labels[code] for code in codes],
                "needed": None if needed is None else rules.show(needed),
            }
            for codes, needed in options.pairs
        ],
    }
