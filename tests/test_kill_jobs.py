"""Workers killed by SIGKILL at a job: the next one loses nothing and doubles nothing."""

import random
import signal

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.core.files import File

from candidates.admin.groups import MANAGER
from candidates.file_imports import checking, kinds, storing
from candidates.jobs import queue
from candidates.models import Entry, FileImport, Job, Session
from results.demo.files import write_files
from tests import databases
from tests.scratch_office import ScratchOffice

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.django_db]

ENTRIES = 100
SESSION = "BTS-2026"
WORKER = ("worker", "--once", "--skip-checks")
# The first COMMIT says that the job is at work; the second one is its work.
AT_COMMIT = ["killed before 2", "killed during 2", "killed after 2"]


class QueuedOffice(ScratchOffice):
    """A scratch office with one job in its queue, which `begin` puts back there."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.files = write_files(self.directory / "files", entries=ENTRIES, seed=2026)
        self.written = next(w for w in self.files.sessions if w.session.code == SESSION)
        self.corrected = self.directory / "corrected.csv"
        self.corrected.write_text(self.written.marks.read_text().replace(";12;", ";13;"))
        of_session = ["--session", SESSION]
        self.complete("import_regulation", *map(str, self.files.regulations))
        self.complete("import_session", str(self.written.toml))
        self.complete("import_schools", str(self.files.schools))
        self.complete("import_entries", str(self.written.entries), *of_session)
        self.complete("import_marks", str(self.written.marks), *of_session)
        without_job = self.keep()
        with databases.connected_to(self.name):
            author = User.objects.create(username="manager", is_staff=True)
            author.groups.add(Group.objects.get(name=MANAGER))
            session = Session.objects.get(code=SESSION)
            entries = Entry.objects.filter(session=session).count()
            queue.ask("deliberate", session=session, round=1, by=author)
        self.queued = {"deliberate": (self.keep(), "results_decision", entries)}
        self.settle()
        self.restore(without_job)
        with databases.connected_to(self.name):
            author = User.objects.create(username="manager", is_staff=True)
            author.groups.add(Group.objects.get(name=MANAGER))
            with self.corrected.open("rb") as file:
                upload = File(file, "notes.csv")
                row = storing.receive(kinds.get("marks"), upload, session=session, by=author)
            self.stored = row.file.name
            self.store()
            checking.ask(row, checking.CHECK, by=author)
        self.complete(*WORKER)
        with databases.connected_to(self.name):
            row = FileImport.objects.get()
            assert row.state == FileImport.State.READY, row.report
            checking.ask(row, checking.IMPORT, by=author)
        self.queued["import_file"] = (self.keep(), "results_markevent", row.changed)

    def store(self):
        """Put the file of corrected marks where the worker finds it."""
        path = self.directory / "stored" / self.stored
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.corrected.read_bytes())

    def begin(self, kind):
        """Put a job of a kind into the queue; return the table that it writes, and how many."""
        kept, table, rows = self.queued[kind]
        self.settle()
        self.restore(kept)
        self.store()
        return table, rows

    def tell(self, sql):
        with psycopg.connect(databases.url(self.name), autocommit=True) as clerk:
            asked = clerk.execute(sql)
            return asked.fetchone() if asked.description else None

    def job(self):
        return self.tell("SELECT state, message FROM candidates_job ORDER BY id DESC LIMIT 1")


@pytest.fixture(scope="module")
def office(template_database, tmp_path_factory, django_db_blocker):
    with django_db_blocker.unblock():
        directory = tmp_path_factory.mktemp("office")
        stored = (directory / "stored").as_uri()
        office = QueuedOffice(directory, template=template_database, STORAGE_URL=stored)
    yield office
    office.close()


@pytest.mark.parametrize("kind", ["deliberate", "import_file"])
def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(kind, office, kills):
    draw = random.Random(kills)
    for fate in AT_COMMIT + [""] * max(1, kills // 6):
        table, rows = office.begin(kind)
        run = office.start(*WORKER, commit=fate)
        run.wait(None if fate else draw.uniform(0.1, 1), then=None if fate else signal.SIGKILL)
        office.settle()
        (written,) = office.tell(f"SELECT count(*) FROM {table}")
        assert written in {0, rows}, fate
        assert (office.job()[0] == Job.State.DONE) == (written > 0), fate
        # The dead worker's last sign of life is long ago.
        office.tell("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        office.complete(*WORKER)
        state, message = office.job()
        assert state == Job.State.DONE, message
        assert str(rows) in message, fate
        assert office.tell(f"SELECT count(*) FROM {table}") == (rows,), fate
        assert office.tell("SELECT count(*) FROM procrastinate_jobs") == (0,), fate
