"""An administrator manages accounts, and raises nobody above what the office's groups may."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from candidates.admin.groups import ADMINISTRATOR, MANAGER
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

RAISED = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}


def change(user, **changes):
    """Post the page of an account as an administrator, and return the account as it is then."""
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "08:00:00"}
    page = reverse("admin:auth_user_change", args=[user.pk])
    values = {"username": user.username, "first_name": "Lise", **dates, **RAISED, **changes}
    answer = client_of("administrator").post(page, values)
    return answer.status_code, User.objects.get(pk=user.pk)


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def group(name):
    return Group.objects.get(name=name).pk


def test_an_administrator_opens_an_account_and_gives_it_a_group():
    browser = client_of("administrator")
    password = "un mot de passe assez long"
    typed = {"username": "lise", "usable_password": "true", **RAISED}
    typed |= {"password1": password, "password2": password, "groups": [group(MANAGER)]}
    assert browser.post(reverse("admin:auth_user_add"), typed).status_code == 302
    made = User.objects.get(username="lise")
    assert (made.is_superuser, groups(made)) == (False, set())
    status, made = change(made, groups=[group(MANAGER)])
    assert (status, made.first_name, groups(made)) == (302, "Lise", {MANAGER})
    assert (made.is_staff, made.is_superuser) == (True, False)


def test_an_administrator_leaves_the_rights_of_their_own_account():
    status, own = change(member("administrator"), groups=[group(MANAGER)])
    assert (status, own.first_name) == (302, "Lise")
    assert (own.is_superuser, groups(own)) == (False, {ADMINISTRATOR})


def test_an_administrator_changes_neither_a_superuser_nor_a_group_and_deletes_nobody():
    superuser, browser = member("superuser"), client_of("administrator")
    assert change(superuser, groups=[]) == (403, superuser)
    assert User.objects.get(pk=superuser.pk).first_name == ""
    new = {"password1": "un autre très long", "password2": "un autre très long"}
    for page, keys in (
        ("auth_user_password_change", [superuser.pk]),
        ("auth_user_delete", [member("operator").pk]),
        ("auth_group_change", [group(ADMINISTRATOR)]),
        ("auth_group_add", []),
    ):
        answer = browser.post(reverse(f"admin:{page}", args=keys), {**new, "post": "yes"})
        assert answer.status_code == 403, page


def test_a_superuser_still_makes_superusers():
    page = reverse("admin:auth_user_change", args=[member("operator").pk])
    assert 'name="is_superuser"' in client_of("superuser").get(page).content.decode()


def test_an_administrator_reads_no_exam_data():
    factories.entry(birth_name="ALBERT")
    browser = client_of("administrator")
    home = text_of(browser.get(reverse("admin:index")))
    tables = text_of(browser.get(reverse("office_tables")))
    assert factories.session().label not in home + tables
    assert "Utilisateurs" in tables
    found = text_of(browser.post(reverse("office_search"), {"q": "ALBERT"}, follow=True))
    assert "Léa" not in found
