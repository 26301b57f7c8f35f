"""Workers killed by SIGKILL at a job: the next one loses nothing and doubles nothing."""

import random
import signal

import psycopg
import pytest
from django.contrib.auth.models import Group, User

from candidates.admin.groups import MANAGER
from candidates.jobs import queue
from candidates.models import Entry, Job, Session
from results.demo.files import write_files
from tests import databases
from tests.scratch_office import ScratchOffice

pytestmark = [pytest.mark.kill, pytest.mark.django_db]

ENTRIES = 300
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
        of_session = ["--session", SESSION]
        self.complete("import_regulation", *map(str, self.files.regulations))
        self.complete("import_session", str(self.written.toml))
        self.complete("import_schools", str(self.files.schools))
        self.complete("import_entries", str(self.written.entries), *of_session)
        self.complete("import_marks", str(self.written.marks), *of_session)
        with databases.connected_to(self.name):
            author = User.objects.create(username="manager", is_staff=True)
            author.groups.add(Group.objects.get(name=MANAGER))
            session = Session.objects.get(code=SESSION)
            self.entries = Entry.objects.filter(session=session).count()
            queue.ask("deliberate", session=session, round=1, by=author)
        self.queued = self.keep()

    def begin(self):
        self.settle()
        self.restore(self.queued)

    def tell(self, sql):
        with psycopg.connect(databases.url(self.name), autocommit=True) as clerk:
            asked = clerk.execute(sql)
            return asked.fetchone() if asked.description else None

    def job(self):
        return self.tell("SELECT state, message FROM candidates_job ORDER BY id DESC LIMIT 1")


@pytest.fixture(scope="module")
def office(template_database, tmp_path_factory, django_db_blocker):
    with django_db_blocker.unblock():
        office = QueuedOffice(tmp_path_factory.mktemp("office"), template=template_database)
    yield office
    office.close()


def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(office, kills):
    draw = random.Random(kills)
    for fate in AT_COMMIT + [""] * max(1, kills // 3):
        office.begin()
        run = office.start(*WORKER, commit=fate)
        run.wait(None if fate else draw.uniform(0.1, 1), then=None if fate else signal.SIGKILL)
        office.settle()
        (decided,) = office.tell("SELECT count(*) FROM results_decision")
        assert decided in {0, office.entries}, fate
        assert (office.job()[0] == Job.State.DONE) == (decided > 0), fate
        # The dead worker's last sign of life is long ago.
        office.tell("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        office.complete(*WORKER)
        state, message = office.job()
        assert state == Job.State.DONE, message
        assert f"{office.entries} décisions créées, 0 changées" in message, fate
        assert office.tell("SELECT count(*) FROM results_decision") == (office.entries,)
        assert office.tell("SELECT count(*) FROM procrastinate_jobs") == (0,), fate
