"""The journal tells in words who did and saw what, and each role what it may read of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from candidates.admin.groups import OPERATOR
from candidates.models import CommandRun, Reading
from candidates.trail import journal, sources
from results.models import JuryDecision
from results.publication.correction import correction
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:candidates_reading_changelist")


def search(browser, **asked):
    """The text of the page that a posted search leads to."""
    answer = browser.post(PAGE, asked, follow=True)
    assert answer.status_code == 200
    return text_of(answer)


@pytest.fixture
def corrected():
    """An entry with a mark that the manager has corrected; another one that nobody touched."""
    entry = factories.entry(marks=factories.CONTROL, birth_name="DUPONT")
    factories.entry(marks=factories.CONTROL, birth_name="MARTIN")
    mark = entry.marks.order_by("pk")[0]
    with correction(entry, by=member("manager"), reason="Erreur de report."):
        entry.marks.filter(pk=mark.pk).update(value=1350)
    return entry


def test_a_line_tells_who_changed_what_from_what_to_what_and_why(corrected):
    mark = corrected.marks.order_by("pk")[0]
    page = text_of(client_of("auditor").get(PAGE))
    assert f"Note {mark.test.code}, premier tour" in page
    assert "→ 13,50" in page
    assert "Motif : Erreur de report." in page
    assert "manager" in page
    assert corrected.number in page


def test_lines_are_found_by_account_candidate_table_and_day(corrected):
    auditor, today = client_of("auditor"), timezone.localdate()
    told = "→ 13,50"
    for asked in (
        {"who": "manager"},
        {"whom": "dupont"},
        {"whom": corrected.number},
        {"table": "mark"},
        {"since": today, "until": today},
    ):
        assert told in search(auditor, **asked), asked
    member("operator")
    assert told not in search(auditor, whom="martin")
    for asked in (
        {"who": "operator"},
        {"table": "entry"},
        {"since": today + timedelta(days=1)},
        {"until": today - timedelta(days=1)},
    ):
        assert told not in search(auditor, **asked), asked


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"who": "personne"}, "Aucun compte ne porte ce nom."),
        ({"whom": "ZZYZX"}, "Aucun candidat ne répond à cela."),
        ({"since": "2026-07-02", "until": "2026-07-01"}, "Ce jour est avant le premier."),
        ({"since": "hier"}, "Saisissez une date valide."),
        ({"table": "auth_user"}, "Choisissez"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_so_and_shows_nothing(corrected, asked, said):
    page = search(client_of("auditor"), **asked)
    assert said in page or "errorlist" in page
    assert "→ 13,50" not in page


def test_no_name_is_in_an_address(corrected):
    answer = client_of("auditor").post(PAGE, {"whom": "DUPONT"})
    assert answer.status_code == 302
    assert "DUPONT" not in answer.url


def test_looking_for_a_candidate_in_the_journal_is_a_reading_too(corrected):
    search(client_of("auditor"), whom="DUPONT")
    last = Reading.objects.order_by("-pk")[0]
    assert (last.what, last.entries, last.before_release) == ("journal", [corrected.pk], True)


def test_accounts_and_sign_ins_are_told_to_auditors_and_administrators_alone():
    lea = User.objects.create_user("lea.martin", password="a first long password")
    lea.groups.add(Group.objects.get(name=OPERATOR))
    User.objects.filter(pk=lea.pk).update(last_login=timezone.now())
    for role in ("auditor", "administrator"):
        page = text_of(client_of(role).get(PAGE))
        assert "Compte lea.martin : création" in page
        assert "Compte lea.martin : connexion" in page
        assert "Groupe : — → Opérateur" in page
    page = text_of(client_of("manager").get(PAGE))
    assert "lea.martin" not in page
    assert search(client_of("manager"), table="account").count("lea.martin") == 0


def test_an_administrator_reads_of_no_candidate(corrected):
    page = text_of(client_of("administrator").get(PAGE))
    assert "Identifiant, prénom ou nom." in page
    assert "Numéro, ou nom et prénom." not in page
    assert corrected.number not in page
    assert corrected.number not in search(client_of("administrator"), whom="DUPONT")
    assert corrected.number in text_of(client_of("auditor").get(PAGE))


@pytest.mark.parametrize("role", ["operator", "secretary", "head"])
def test_nobody_else_reads_the_journal(role):
    assert client_of(role).get(PAGE).status_code in (302, 403)
    assert client_of(role).post(PAGE, {"file": "1"}).status_code in (302, 403)


def test_commands_and_pages_seen_are_lines(corrected):
    CommandRun.objects.create(command="release BTS-2026 --now", system_user="root")
    operator = client_of("operator")
    operator.get(reverse("admin:candidates_entry_change", args=[corrected.pk]))
    page = text_of(client_of("manager").get(PAGE))
    assert "Vu : fiche de l’inscription <strong>avant l’heure</strong>" in page
    assert "commande « release BTS-2026 --now »" in page
    assert "compte du système root" in page


def test_the_file_holds_what_is_looked_for_and_is_itself_in_the_journal(corrected):
    auditor = client_of("auditor")
    answer = auditor.post(PAGE, {"table": "mark", "file": "1"})
    header, line = answer.content.decode().lstrip("\ufeff").splitlines()
    assert header.startswith("le;qui;comment;quoi;candidat;valeur;avant;après")
    assert f";{corrected.number};" in line
    assert ";13,50;" in line
    last = Reading.objects.order_by("-pk")[0]
    assert (last.what, last.user.username) == ("journal_file", "auditor")


def test_a_page_takes_as_many_queries_for_many_lines(corrected, django_assert_max_num_queries):
    auditor = client_of("auditor")
    auditor.get(PAGE)
    for entry in [factories.entry(marks=factories.CONTROL) for _one in range(9)]:
        entry.marks.update(value=1000)
        JuryDecision.objects.create(
            entry=entry, round=1, points=1, reason="Livret.", author=member("manager")
        )
        type(entry).objects.filter(pk=entry.pk).update(posting_place="Ailleurs")
        type(entry.candidate).objects.filter(pk=entry.candidate_id).update(city="LYON")
    JuryDecision.objects.update(points=2)
    with django_assert_max_num_queries(40):
        auditor.get(PAGE)


def test_lines_of_all_tables_follow_one_another_page_by_page(corrected):
    found = journal.Search(sources.every())
    whole = found.keys(0, 1000)
    parts = [key for first in range(0, len(whole), 3) for key in found.keys(first, 3)]
    assert parts == whole
    times = [at for at, _of, _key in whole]
    assert times == sorted(times, reverse=True)
    assert len({of for _at, of, _key in whole}) > 2
