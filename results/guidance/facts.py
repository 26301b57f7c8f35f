"""Template context of each help page: one function a page, two queries at most."""

import datetime

from django.conf import settings

from candidates.identification import cookie, drafts, throttle
from candidates.models import Entry
from results.guidance import dates, retention
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


def score_sheet():
    return {"sessions": dates.relevant_sessions(dates.sessions(), "score_sheets_mailed_on")}


def complaints():
    return {"scripts": dates.scripts(), "cada": bodies.CADA}


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


def not_admitted():
    sessions = dates.sessions()
    exams = {session.exam.upper().replace("_", " ") for session in sessions} or {"BTS"}
    return {
        "exams": exams,
        "registered_alone": _by_registration_site(exams),
        "registrations": dates.relevant_sessions(
            sessions, "register_again_from", "register_again_until"
        ),
        "second_rounds": dates.relevant_sessions(
            sessions, "control_choose_by", "control_tests_from", "control_tests_until"
        ),
        "managed": dates.academies(managed=True),
    }


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


def _by_registration_site(exams):
    """Return lists of exams: those whose candidates register on the same site."""
    of_site: dict[str, list[str]] = {}
    for exam in sorted(exams):
        of_site.setdefault(registration_site(exam), []).append(exam)
    return list(of_site.values())


def _statuses(route):
    """Return the names of the statuses whose diploma goes this way, as `DIPLOMA_ROUTES` says."""
    routes = settings.DIPLOMA_ROUTES
    return [status.label for status in Entry.Status if routes.get(status) == route]


def _minutes(seconds):
    return seconds // 60
