"""Commands of `manage.py` in the trail: that they ran, and that a change was theirs."""

import getpass
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pghistory
from django.core.management import get_commands

from candidates.models import CommandRun

_OURS = {"candidates", "results", "diplomas"}
_OF_OTHERS = {"changepassword", "createsuperuser", "dbshell", "flush", "loaddata", "shell"}
_SERVICES = {"send_messages", "worker"}  # whose changes are those of whoever asked
# Arguments that name nobody: options, codes such as BTS-2026, days and hours.
_HARMLESS = re.compile(r"--[a-z-]+|[A-Z]+(-[A-Z0-9]+)*-\d{4}|\d{4}-\d\d-\d\d(T[\d:+]+)?")


@contextmanager
def in_the_trail(arguments: Sequence[str]) -> Iterator[None]:
    """Keep that a command is run with `arguments`, its name first, and sign its changes with it.

    Services, and commands that write no row of ours, leave no line.
    """
    name = arguments[0]
    ours = get_commands().get(name) in _OURS and name not in _SERVICES
    if not ours and name not in _OF_OTHERS:
        yield
        return
    kept = [part for given in arguments[1:] for part in given.split("=", 1)]
    command = " ".join([name, *filter(_HARMLESS.fullmatch, kept)])
    who = _system_user()
    CommandRun.objects.create(command=command, system_user=who)
    with pghistory.context(command=command, system_user=who):
        yield


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account that the system does not name
        return str(os.getuid())
