"""The second round from the files of the office: nobody is published whose marks are missing."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from results.models import Decision, PublishedResult
from tests import factories
from tests.office_files import plain, run

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[2] / "cases"
CALLED_WITHOUT_A_MARK = "9900000002 (2 épreuves du second tour sans note ni absence)"


@pytest.fixture
def first_round_open():
    """A session with an admitted candidate and two called to the second round, as files gave it."""
    session = factories.session("CAS-2026")
    factories.academy()
    call_command("import_regulation", "results/regulations/bts-mco-2026.toml", verbosity=0)
    load("import_entries", "d02-inscriptions.csv")
    load("import_marks", "d02-notes-tour-1.csv")
    call_command("deliberate", session.code, verbosity=0)
    call_command("release", session.code, "--now", verbosity=0)
    return session


def load(command, name, *arguments):
    found = run(command, CASES / name, "--session", "CAS-2026", *arguments)
    assert found.errors == []
    return found


def test_whoever_was_called_and_has_no_mark_is_named_and_never_published_as_refused(
    first_round_open, capsys
):
    load("import_marks", "d02-notes-tour-2-fichier-incomplet.csv")
    call_command("deliberate", first_round_open.code, "--round", "2")
    assert CALLED_WITHOUT_A_MARK in plain(capsys.readouterr().err)
    verdicts = Decision.objects.filter(round=2).order_by("entry__number")
    assert list(verdicts.values_list("verdict", flat=True)) == ["ADMITTED", "INCOMPLETE"]
    with pytest.raises(CommandError) as refused:
        call_command("release", first_round_open.code, "--round", "2", "--now")
    assert CALLED_WITHOUT_A_MARK in plain(str(refused.value))
    assert not PublishedResult.objects.filter(round=2).exists()


def test_a_dry_run_of_the_deliberation_names_them_too(first_round_open, capsys):
    load("import_marks", "d02-notes-tour-2-fichier-incomplet.csv")
    call_command("deliberate", first_round_open.code, "--round", "2", "--dry-run")
    assert CALLED_WITHOUT_A_MARK in plain(capsys.readouterr().err)
    assert not Decision.objects.filter(round=2).exists()
