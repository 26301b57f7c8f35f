#!/usr/bin/env python
"""Django's command line, for this portal."""

import os
import sys

import django
from django.core.management import execute_from_command_line

from results_portal.development import environment
from results_portal.postgresql.owner import act_as_owner

WITHOUT_DATABASE = {"build_assets", "collectstatic", "help", "makemessages", "version"}
"""Commands that read and write files alone. Any other gets a database where none is given."""

OF_THE_OWNER = {"migrate", "purge"}
"""Commands run with the login that owns the tables."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "results_portal.settings")
    asked = sys.argv[1:] or ["help"]
    if asked[0] not in WITHOUT_DATABASE and not {"-h", "--help", "--version"} & set(asked):
        environment.prepare()
        os.umask(0o077)  # what a command writes, its owner alone may read
        if asked[0] in OF_THE_OWNER:
            act_as_owner()
        django.setup()
        from candidates.trail.commands import in_the_trail

        with in_the_trail(asked):
            execute_from_command_line(sys.argv)
    else:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
