"""Template context of each help page: one function a page, two queries at most.

That of a page of one exam takes it, and asks for its regulations as well.
"""

import datetime

from django.conf import settings

from candidates.identification import cookie, drafts, throttle
from candidates.models import Entry
from results.guidance import dates, exams, retention, rulings
from results_portal.office import bodies
from results_portal.office.contact import lines
from results_portal.office.tables import registration_site

# Day of the last audit of the pages, in the statement; change both after another audit.
ACCESSIBILITY_TESTED_ON = datetime.date(2026, 11, 23)


def results():
    return {
        "releases": dates.announcements(),
        "retry_minutes": _minutes(throttle.PERSON_FROM_BLOCK.window.seconds),
    }


def no_list():
    coming = [release for release in dates.announcements() if release["state"] == "scheduled"]
    return {"releases": coming}


def score_sheet(exam=None):
    sessions = exam.sessions if exam else dates.sessions()
    mailed = dates.relevant_sessions(sessions, "score_sheets_mailed_on")
    return {"sessions": mailed} | _by_exam(exam, sessions)


def complaints(exam=None):
    found = dates.scripts()
    if exam is None:
        of_office = exams.of_office(dates.sessions())
        return {"scripts": found, "cada": bodies.CADA, "exams": of_office}
    own = [script for script in found if script["exam"] == exam.code]
    return {"scripts": own, "cada": bodies.CADA, "exam": exam}


def diploma():
    return {
        "diplomas": dates.diplomas(),
        "managed": dates.academies(managed=True),
        "routes": settings.DIPLOMA_ROUTES,
        "at_school": _statuses("SCHOOL"),
        "at_home": _statuses("HOME"),
    }


def lost_diploma():
    return {
        "managed": dates.academies(managed=True),
        "digital_attestation": bodies.DIGITAL_ATTESTATION,
    }


def not_admitted(exam=None):
    sessions = exam.sessions if exam else dates.sessions()
    codes = {session.exam.upper().replace("_", " ") for session in sessions} or {"BTS"}
    return {
        "registered_alone": _by_registration_site(codes),
        "registrations": dates.relevant_sessions(
            sessions, "register_again_from", "register_again_until"
        ),
        "second_rounds": dates.relevant_sessions(
            sessions, "control_choose_by", "control_tests_from", "control_tests_until"
        ),
        "managed": dates.academies(managed=True),
    } | _by_exam(exam, sessions)


def absence(exam=None):
    sessions = exam.sessions if exam else dates.sessions()
    return _by_exam(exam, sessions)


def fraud(exam=None):
    return {"exam": exam} if exam else {"exams": exams.of_office(dates.sessions())}


def other_academies():
    academies = dates.academies(managed=False)
    return {"academies": academies}


def privacy():
    return {
        "cnil": bodies.CNIL,
        "identification_minutes": _minutes(settings.IDENTIFICATION_SECONDS),
        "identification_hours": cookie.REMEMBERED // 3600,
        "identification_cookie": settings.IDENTIFICATION_COOKIE,
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "token_cookie": settings.CSRF_COOKIE_NAME,
        "token_weeks": settings.CSRF_COOKIE_AGE // (7 * 24 * 3600),
        "draft_cookies": drafts.names(),
        "draft_minutes": _minutes(drafts.SECONDS),
        "kept": retention.periods(),
    }


def accessibility():
    return {
        "rights_defender": bodies.RIGHTS_DEFENDER,
        "tested_on": ACCESSIBILITY_TESTED_ON,
        "scheme": settings.ACCESSIBILITY_SCHEME,
        "plan": settings.ACCESSIBILITY_PLAN,
    }


def legal():
    return {
        "director": settings.OFFICE_DIRECTOR,
        "office_site": settings.OFFICE_SITE,
        "host": lines(settings.OFFICE_HOST),
    }


def _by_registration_site(codes):
    """Return lists of exams: those whose candidates register on the same site."""
    of_site: dict[str, list[str]] = {}
    for code in sorted(codes):
        of_site.setdefault(registration_site(code), []).append(code)
    return list(of_site.values())


def _statuses(route):
    """Return the names of the statuses whose diploma goes this way, as `DIPLOMA_ROUTES` says."""
    routes = settings.DIPLOMA_ROUTES
    return [status.label for status in Entry.Status if routes.get(status) == route]


def _by_exam(exam, sessions):
    """Return what the regulations of an exam say; without one, the exams to choose from."""
    if exam is None:
        return {"exams": exams.of_office(sessions)}
    return {"exam": exam} | told(exams.regulations_in_force(exam))


def told(regulations):
    """Return what pages of an exam say of its regulations."""
    with_second_round = [one for one in regulations if one.second_round]
    return {
        "absences": rulings.grouped(regulations, rulings.absence),
        "kept": rulings.grouped(regulations, rulings.kept),
        "open_tests": rulings.grouped(with_second_round, rulings.open_tests),
        "counted": rulings.counted_tests(regulations),
        "passing": rulings.grouped(regulations, rulings.passing),
        "readings": rulings.grouped(regulations, rulings.reading),
        "second": rulings.grouped(regulations, rulings.second_round),
    }


def _minutes(seconds):
    return seconds // 60
