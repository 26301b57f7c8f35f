"""The tables by task, on a page of their own and at the side of the others."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from candidates.admin.tables import Task
from candidates.names.sorting import search_key
from tests.staff import client_of, text_of

pytestmark = pytest.mark.django_db

TABLES, HOME = reverse("office_tables"), reverse("admin:index")
ROW = re.compile(
    r'<tr.*?<th scope="row"[^>]*>\s*<a href="([^"]+)"[^>]*>([^<]+)</a>(.*?)</tr>', re.S
)


def sections(role):
    """The names of the tables on the page, by the title of their section."""
    page = client_of(role).get(TABLES).content.decode()
    parts = re.findall(r"<h2[^>]*>([^<]+)</h2>(.*?)</section>", page, re.S)
    return {title: {name: rest for _url, name, rest in ROW.findall(part)} for title, part in parts}


def test_each_table_stands_under_its_task_in_french_alphabetical_order():
    shown = sections("manager")
    assert list(shown) == [task.label for task in Task]
    for names in shown.values():
        assert list(names) == sorted(names, key=search_key)
    reference = list(shown["Sessions et référentiel"])
    assert reference == [
        "Académies",
        "Établissements",
        "Règlements d’examen",
        "Sessions",
        "Spécialités",
    ]
    assert {"Diplômes", "Lots de diplômes"} <= set(shown["Diplômes et attestations"])
    assert list(shown["Historique"]) == ["Journal"]


@pytest.mark.parametrize("role", ["operator", "manager", "superuser"])
def test_each_role_finds_every_table_that_it_may_open_and_no_other(role):
    browser = client_of(role)
    answer = browser.get(TABLES)
    page, request = answer.content.decode(), answer.wsgi_request
    offered = {address for address, _name, _rest in ROW.findall(page)}
    expected = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, table in admin.site._registry.items()
        if table.has_view_permission(request)
    }
    assert offered == expected
    may_add = "/candidates/session/add/" in page
    assert may_add == (role != "operator")


def test_a_reader_sees_one_table_and_changes_nothing():
    reader = User.objects.create_user("lecteur", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_school"))
    assert list(sections("lecteur")) == ["Sessions et référentiel"]
    (row,) = sections("lecteur")["Sessions et référentiel"].values()
    assert "Consulter" in row
    assert "Ajouter" not in row
    reader.user_permissions.clear()
    page = text_of(client_of("lecteur").get(TABLES))
    assert "Votre compte n’ouvre aucune table." in page


def test_every_page_leads_to_the_tables_and_the_pages_of_each_app_are_still_there():
    manager = client_of("manager")
    for address in (HOME, TABLES, reverse("admin:candidates_entry_changelist")):
        assert f'<a href="{TABLES}">' in manager.get(address).content.decode()
    for label in ("candidates", "results", "diplomas"):
        page = manager.get(reverse("admin:app_list", args=[label]))
        assert str(apps.get_app_config(label).verbose_name) in page.content.decode()
    assert client_of("anonymous").get(TABLES).status_code == 302


def test_the_portal_says_that_it_runs_the_demo_until_it_names_an_office_of_its_own(settings):
    assert "Démonstration" in text_of(client_of("operator").get(TABLES))
    settings.OFFICE_DIRECTOR = "Camille Vraie, directrice"
    assert "Démonstration" not in text_of(client_of("operator").get(TABLES))
