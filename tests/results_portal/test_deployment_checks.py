"""`check --deploy` names each setting with which the portal works, and harms somebody."""

import pytest
from django.db import connections

from results_portal import deployment_checks
from tests import databases

GOOD = {
    "ACCESS_CODE_KEY": "3f9c1a7e5b2d8064c9e1f7a35d8b2046",
    "ALLOWED_HOSTS": ["resultats.office.fr"],
    "DEFAULT_FROM_EMAIL": "ne-pas-repondre@office.fr",
    "EMAIL_BACKEND": "candidates.messages.smtp.EmailBackend",
    "HTTPS": True,
    "ACCESSIBILITY_PLAN": "https://www.office.fr/plan",
    "ACCESSIBILITY_SCHEME": "https://www.office.fr/schema",
    "OFFICE_DIRECTOR": "Prénom Nom, directrice",
    "OFFICE_EMAIL": "examens@office.fr",
    "OFFICE_HOST": "Hébergeur|2 rue du Serveur, 59000 Lille|03 00 00 00 00",
    "OFFICE_SITE": "resultats.office.fr",
    "STAFF_MFA": True,
    "TRUSTED_PROXY_COUNT": 1,
}
OF_SETTINGS = [check for check in deployment_checks.CHECKS if check.__name__ != "check_logins"]


@pytest.fixture
def production(settings):
    """Settings as they must be."""
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def said(*, serious=True):
    found = [problem for check in OF_SETTINGS for problem in check(None)]
    assert all(problem.is_serious() is serious for problem in found)
    return [problem.msg for problem in found]


def test_settings_as_they_must_be_are_passed_in_silence(production):
    assert said() == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS is *"),
        ("ALLOWED_HOSTS", ["resultats.office.fr", "*"], "ALLOWED_HOSTS is *"),
        ("ACCESS_CODE_KEY", "", "ACCESS_CODE_KEY is unset"),
        ("ACCESS_CODE_KEY", "x", "ACCESS_CODE_KEY is short"),
        ("ACCESS_CODE_KEY", "x" * 64, "ACCESS_CODE_KEY is short"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "no mail server"),
        ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend", "no mail server"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "no mail server"),
        ("DEFAULT_FROM_EMAIL", "ne-pas-repondre@examens.invalid", "DEFAULT_FROM_EMAIL is"),
        ("DEFAULT_FROM_EMAIL", "Résultats <nul@examens.invalid>", "DEFAULT_FROM_EMAIL is"),
        ("OFFICE_EMAIL", "examens@examens.invalid", "OFFICE_EMAIL is"),
        ("OFFICE_SITE", "resultats.examens.invalid", "leads nowhere"),
        ("OFFICE_SITE", "", "leads nowhere"),
        ("OFFICE_SITE", "resultats.autre.fr", "not in ALLOWED_HOSTS"),
        ("TRUSTED_PROXY_COUNT", 0, "TRUSTED_PROXY_COUNT is 0"),
    ],
)
def test_a_dangerous_setting_is_named(production, name, value, problem):
    setattr(production, name, value)
    (found,) = said()
    assert problem in found


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("OFFICE_DIRECTOR", "", "OFFICE_DIRECTOR is unset"),
        ("OFFICE_DIRECTOR", "Claude Modèle, directrice du service", "OFFICE_DIRECTOR is unset"),
        ("OFFICE_HOST", "Hébergeur|59000 Lille", "OFFICE_HOST does not say all"),
        ("ACCESSIBILITY_PLAN", "", "ACCESSIBILITY_PLAN is unset"),
        ("ACCESSIBILITY_SCHEME", "", "ACCESSIBILITY_SCHEME is unset"),
        ("STAFF_MFA", False, "STAFF_MFA is off"),
    ],
)
def test_what_the_law_wants_and_a_second_factor_are_warned_of(production, name, value, problem):
    setattr(production, name, value)
    (found,) = said(serious=False)
    assert problem in found


def test_a_file_of_keys_that_others_can_read_is_named(production, tmp_path):
    production.BASE_DIR = tmp_path
    (tmp_path / ".env").touch(mode=0o600)
    assert said() == []
    (tmp_path / ".env").chmod(0o644)
    (found,) = said()
    assert found.endswith(".env can be read by others on this machine.")


def test_the_address_on_paper_may_have_a_path(production):
    production.OFFICE_SITE = "resultats.office.fr/bts"
    assert said() == []


@pytest.mark.django_db(transaction=True)
def test_the_logins_of_production_are_passed_in_silence():
    assert visitors_logins() == []


def visitors_logins():
    """What is said of the visitors' logins; the tests' own connection stands for the office's."""
    found = deployment_checks.check_logins(None)
    return [problem.msg for problem in found if not problem.msg.startswith("DATABASE_URL")]


def with_login(monkeypatch, login, alias="public"):
    """Have a connection opened with another login than its own."""
    wrapper = connections[alias]
    wrapper.close()
    monkeypatch.setitem(wrapper.settings_dict, "USER", login)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("login", "fault"),
    [
        ("portal", "owns something"),
        ("portal_staff", "is a member of other roles"),
        ("nobody", "does not answer"),
    ],
)
def test_public_pages_under_another_login_are_an_error(monkeypatch, login, fault):
    with_login(monkeypatch, login)
    (found,) = visitors_logins()
    assert found.startswith("DATABASE_PUBLIC_URL: ")
    assert fault in found
    connections["public"].close()


@pytest.mark.django_db(transaction=True)
def test_an_office_that_owns_the_tables_is_an_error(monkeypatch):
    with databases.owner() as owner:
        monkeypatch.setattr(
            deployment_checks, "connections", {"default": owner, "public": connections["public"]}
        )
        (found,) = deployment_checks.check_logins(None)
    assert found.msg.startswith("DATABASE_URL: the login ")
    assert "owns tables or other objects" in found.msg
