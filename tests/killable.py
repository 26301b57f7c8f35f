"""A program that runs management commands, each in a process of its own that may be killed.

`python -m tests.killable` loads Django once; each line of its input is a request in JSON, for
which it forks a process and answers with its number. So a command is at work in milliseconds, and
a kill meets the command rather than Python's imports.

A request holds `arguments`, those of manage.py; `output`, the file that gets what the command
says, and "exit STATUS" on a line unless it was killed; and `commit`, what happens to the process at
its first COMMIT, or at its second one ("killed before 2"):

- "": nothing special;
- "killed before", "killed during", "killed after": SIGKILL; "during" is when the server has been
  told to commit and has not answered;
- "stopped before": SIGSTOP, until somebody continues or kills it.
"""

import itertools
import json
import os
import signal
import sys

import django
import psycopg
from django.core.management import ManagementUtility, get_commands, load_command_class


def serve():
    django.setup()
    for name, app in get_commands().items():
        if app in {"candidates", "results"}:
            load_command_class(app, name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    for line in sys.stdin:
        request = json.loads(line)
        process = os.fork()
        if process == 0:
            obey(**request)
        print(process, flush=True)


def obey(arguments, output, commit):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    if commit:
        at_first_commit(commit)
    status = 1
    try:
        ManagementUtility(["manage.py", *arguments]).execute()
        status = 0
    except SystemExit as left:
        status = left.code or 0
        raise
    finally:
        print(f"exit {status}", flush=True)
    sys.exit()


def at_first_commit(fate):
    commit = psycopg.Connection.commit
    fate, _space, number = fate.rpartition(" ") if fate[-1].isdigit() else (fate, "", "1")
    passing = itertools.count(2 - int(number))

    def fatal_commit(connection):
        if next(passing) < 1:
            return commit(connection)
        if fate == "stopped before":
            psycopg.Connection.commit = commit
            os.kill(os.getpid(), signal.SIGSTOP)
            return commit(connection)
        if fate == "killed during":
            connection.pgconn.send_query(b"COMMIT")
            connection.pgconn.flush()
        elif fate == "killed after":
            commit(connection)
        return os.kill(os.getpid(), signal.SIGKILL)

    psycopg.Connection.commit = fatal_commit


if __name__ == "__main__":
    serve()
