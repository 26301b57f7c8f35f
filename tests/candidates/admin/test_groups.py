import pytest
from django.contrib.auth.models import Group, Permission

from candidates.admin.groups import ADMINISTRATOR, AUDITOR, JURY_SECRETARY, MANAGER, OPERATOR
from tests.staff import migrate_again

pytestmark = pytest.mark.django_db


def rights(group):
    found = Permission.objects.filter(group__name=group).order_by("codename")
    return set(found.values_list("codename", flat=True))


def test_an_operator_looks_at_everything_imports_corrects_and_changes_addresses():
    assert {name for name in rights(OPERATOR) if not name.startswith("view_")} == {
        "change_attestationrequest",
        "change_candidate",
        "change_identityrequest",
        "change_message",
        "change_redispatch",
        "correct_result",
        "import_entries",
        "import_marks",
        "record_custody",
    }
    assert {"view_entry", "view_mark", "view_release", "view_markevent"} <= rights(OPERATOR)


def test_a_manager_also_deliberates_and_releases():
    assert rights(MANAGER) > rights(OPERATOR)
    assert {"deliberate", "release_results", "dispatch_diplomas"} <= rights(MANAGER)
    assert {"add_jurydecision", "add_revocation"} <= rights(MANAGER)
    assert {"add_session", "change_session"} <= rights(MANAGER)


def test_a_jury_secretary_reads_sessions_and_decides_points_and_nothing_else():
    has = rights(JURY_SECRETARY)
    assert {name for name in has if not name.startswith("view_")} == {"add_jurydecision"}
    assert {"view_entry", "view_mark", "view_release"} <= has
    assert not {"view_identityrequest", "view_message", "view_diploma"} & has


JOURNAL = {"read_trail", "read_trail_of_accounts"}


def test_an_auditor_reads_what_an_operator_reads_and_the_journal_and_changes_nothing():
    views = {name for name in rights(OPERATOR) if name.startswith("view_")}
    assert rights(AUDITOR) == views | JOURNAL


def test_an_administrator_has_the_rights_of_accounts_their_journal_and_waits_and_no_other():
    accounts = {"add_user", "change_user", "view_user", "view_group", "read_trail_of_accounts"}
    assert rights(ADMINISTRATOR) == accounts | {"view_failedidentification", "lift_wait"}


def test_nobody_but_a_superuser_deletes():
    assert not [name for name in rights(MANAGER) if name.startswith("delete_")]


def test_a_right_that_the_office_took_away_stays_away():
    right = Permission.objects.get(codename="correct_result")
    Group.objects.get(name=OPERATOR).permissions.remove(right)
    migrate_again()
    assert "correct_result" not in rights(OPERATOR)
    assert "correct_result" in rights(MANAGER)


def test_a_right_that_an_upgrade_brings_is_given():
    Permission.objects.get(codename="correct_result").delete()
    migrate_again()
    assert "correct_result" in rights(OPERATOR)


def test_a_group_that_was_lost_is_made_again_with_its_rights():
    before = rights(MANAGER)
    Group.objects.get(name=MANAGER).delete()
    migrate_again()
    assert rights(MANAGER) == before
