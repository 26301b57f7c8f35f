"""Commands killed by SIGKILL at any moment: all or nothing, and the next run completes."""

import random
import signal
import time
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from results.demo.files import write_files
from tests.scratch_office import ScratchOffice, until

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.django_db]

ENTRIES = 1000
SESSION = "BTS-2026"
COMMANDS = [
    "import_regulation",
    "import_session",
    "import_schools",
    "import_entries",
    "import_marks",
    "deliberate",
    "release",
    "import_marks behind a release",
    "correct_marks",
    "open_replacement",
]
# What may be found after a kill at the first COMMIT: just before it, on its way, just after it.
AT_COMMIT = {
    "killed before": ["before"],
    "killed during": ["before", "after"],
    "killed after": ["after"],
}


@dataclass
class Stage:
    """A command to kill; what the database holds before it, and after a run that nobody killed."""

    arguments: tuple
    kept: str
    before: dict
    after: dict
    seconds: float  # until its COMMIT


@pytest.fixture(scope="module")
def office(template_database, tmp_path_factory):
    office = ScratchOffice(tmp_path_factory.mktemp("office"), template=template_database)
    yield office
    office.close()


@pytest.fixture(scope="module")
def stages(office):
    """Each command's `Stage`, one after the other from an empty database to an open release."""
    files = write_files(office.directory / "files", entries=ENTRIES, seed=2026)
    written = next(written for written in files.sessions if written.session.code == SESSION)
    of_session = ["--session", SESSION]
    corrected = office.directory / "corrected.csv"
    corrected.write_text(written.marks.read_text().replace(";12;", ";13;"))
    every = [
        ["import_regulation", *map(str, files.regulations)],
        ["import_session", str(written.toml)],
        ["import_schools", str(files.schools)],
        ["import_entries", str(written.entries), *of_session],
        ["import_marks", str(written.marks), *of_session],
        ["deliberate", SESSION],
        ["release", SESSION, "--at", (timezone.now() + timedelta(days=30)).isoformat()],
        ["import_marks", str(corrected), *of_session],
    ]
    stages = [undisturbed(office, arguments) for arguments in every]
    office.complete("release", SESSION, "--now", "--confirm", SESSION)
    again = ["correct_marks", str(written.marks), *of_session, "--reason", "Douze, non treize."]
    stages.append(undisturbed(office, again))
    stages.append(undisturbed(office, ["open_replacement", deferred(office, files)]))
    assert all(stage.before != stage.after for stage in stages)
    return dict(zip(COMMANDS, stages, strict=True))


def deferred(office, files):
    """Release a session with deferred entries; return the code of the one that replaces it."""
    july = next(written for written in files.sessions if written.session.code == "BAC-2026")
    september = office.directory / "september.toml"
    content = july.toml.read_text().replace('"BAC-2026"', '"BAC-2026-S"')
    september.write_text(f'replaces = "BAC-2026"\n{content}')
    of_session = ["--session", "BAC-2026"]
    office.complete("import_session", str(july.toml))
    office.complete("import_entries", str(july.entries), *of_session)
    office.complete("import_marks", str(july.marks), *of_session)
    office.complete("deliberate", "BAC-2026")
    office.complete("release", "BAC-2026", "--now", "--confirm", "BAC-2026")
    office.complete("import_session", str(september))
    return "BAC-2026-S"


def undisturbed(office, arguments):
    arguments = (*arguments, "--skip-checks")
    kept, before, began = office.keep(), office.state(), time.monotonic()
    run = office.start(*arguments, commit="stopped before")
    until(lambda: run.is_stopped)
    seconds = time.monotonic() - began
    run.signal(signal.SIGCONT)
    assert run.wait() == 0, run.said
    office.settle()
    return Stage(arguments, kept, before, office.state(), seconds)


def moments(seed, kills):
    """So many pairs: when to kill, as a share of the time until the COMMIT, or at the COMMIT.

    One moment is drawn from each part of that time, and they come in any order.
    """
    draw = random.Random(seed)
    timed = kills - len(AT_COMMIT)
    shares = [(part + draw.random()) / timed for part in range(timed)]
    return [(share, "") for share in draw.sample(shares, timed)] + [(0, at) for at in AT_COMMIT]


def kill(office, stage, share, at_commit):
    """Run the command on what there was before it, and kill it; returns what it said."""
    while True:
        if office.state() != stage.before:
            office.restore(stage.kept)
        run = office.start(*stage.arguments, commit=at_commit)
        seconds = None if at_commit else share * stage.seconds
        if run.wait(seconds, then=signal.SIGKILL) is None:
            office.settle()
            return run.said
        stage.seconds *= 0.7  # it was quicker than the bullet


def differing(found, possible):
    """What was found where it is not the same in every possible state, beside what may be."""
    beside = {name: [state[name] for state in possible] for name in found}
    return {name: (found[name], may) for name, may in beside.items() if {found[name]} != set(may)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_killed_at_any_moment_has_done_all_or_nothing(office, stages, command, kills):
    stage = stages[command]
    for share, at_commit in moments(command, kills):
        said = kill(office, stage, share, at_commit)
        reached = AT_COMMIT.get(at_commit, ["before", "after"])
        possible = [getattr(stage, moment) for moment in reached]
        found = office.state()
        assert found in possible, (at_commit, said, differing(found, possible))
    office.complete(*stage.arguments)
    assert office.state() == stage.after


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_runs_at_once_take_turns_even_when_the_first_one_is_killed(office, stages, command):
    stage = stages[command]
    if office.state() != stage.before:
        office.restore(stage.kept)
    first = office.start(*stage.arguments, commit="stopped before")
    until(lambda: first.is_stopped)
    second = office.start(*stage.arguments, commit="stopped before")
    until(office.somebody_waits)
    first.signal(signal.SIGKILL)
    until(lambda: second.is_stopped)
    third = office.start(*stage.arguments)
    until(office.somebody_waits)
    assert office.state() == stage.before
    second.signal(signal.SIGCONT)
    assert [run.wait() for run in (first, second, third)] == [None, 0, 0], third.said
    office.settle()
    assert office.state() == stage.after
