"""A command that changes anything is in the trail, with what it changed, and names nobody."""

import os
import sys

import pytest
from django.core.management import get_commands

import manage
from candidates.models import CommandRun
from candidates.trail import commands
from results.models import Mark
from results.publication.correction import correction
from tests import factories
from tests.staff import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    """Run `manage.py` with arguments; `work` is what Django would do."""

    def manage_py(*arguments, work):
        monkeypatch.setattr(sys, "argv", ["manage.py", *arguments])
        monkeypatch.setattr(manage, "execute_from_command_line", lambda _argv: work())
        manage.main()

    umask = os.umask(0o077)
    yield manage_py
    os.umask(umask)


def test_a_command_signs_what_it_changes(run):
    entry = factories.entry(marks=factories.CONTROL)
    file = "DUPONT.csv"
    given = ["--session", "BTS-2026", "--reason=Copie de DUPONT", "--entries", "0123456", "--at"]
    run(
        *("correct_marks", file, *given, "2026-07-03T10:00"),
        work=lambda: Mark.objects.filter(entry=entry).update(value=1300),
    )
    told = "correct_marks --session BTS-2026 --reason --entries --at 2026-07-03T10:00"
    assert [row.command for row in CommandRun.objects.order_by("pk")] == [told]
    assert {event.pgh_context["command"] for event in Mark.pgh_event_model.objects.all()} == {told}


def test_the_reason_and_author_of_one_change_are_not_those_of_the_next(run):
    first, second = (factories.entry(marks=factories.CONTROL) for _one in range(2))

    def work():
        with correction(first, by=member("manager"), reason="Erreur de report."):
            first.marks.update(value=1300)
        second.marks.update(value=1300)

    run("correct_marks", work=work)
    told = {
        event.entry_id: event.pgh_context for event in Mark.pgh_event_model.objects.order_by("pk")
    }
    assert told[first.pk]["reason"] == "Erreur de report."
    assert told[first.pk]["command"] == told[second.pk]["command"] == "correct_marks"
    assert not told[second.pk].keys() & {"reason", "user"}


def test_a_command_that_fails_was_run_all_the_same(run):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run("import_marks", "notes.csv", work=fail)
    assert CommandRun.objects.get().command == "import_marks"


@pytest.mark.parametrize("name", ["worker", "send_messages", "check", "showmigrations"])
def test_what_changes_nothing_of_its_own_leaves_no_line(run, name):
    run(name, work=lambda: None)
    assert not CommandRun.objects.exists()


def test_every_command_of_ours_is_in_the_trail_but_the_services():
    ours = {name for name, app in get_commands().items() if app in ("candidates", "results")}
    for name in ours | {"shell", "changepassword"}:
        with commands.in_the_trail([name]):
            pass
    left = ours - {row.command for row in CommandRun.objects.all()}
    assert left == {"worker", "send_messages"}
