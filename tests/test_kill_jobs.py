"""Workers killed by SIGKILL at a job: the next one loses nothing and doubles nothing."""

import random
import signal
import zipfile
from dataclasses import dataclass

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.core.files import File

from candidates.admin.groups import MANAGER
from candidates.editions import making
from candidates.file_imports import checking, kinds, storing, undoing
from candidates.jobs import queue
from candidates.models import Entry, FileImport, Job, Session, Speciality
from results.admin import release_job
from results.admin.release_confirmation import ReleaseConfirmation
from results.demo.files import write_files
from results.jury import replacement_job
from results.models import Decision, Mark, Verdict
from results.publication.preview import preview
from tests import databases
from tests.scratch_office import ScratchOffice

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.django_db]

ENTRIES = 100
SESSION = "BTS-2026"
WORKER = ("worker", "--once", "--skip-checks")
# The first COMMIT says that the job is at work; the second one is its work.
AT_COMMIT = ["killed before 2", "killed during 2", "killed after 2"]
KINDS = [
    "deliberate",
    "import_file",
    "undo_import",
    "release",
    "open_replacement",
    "edition_of_codes",
    "edition_of_sheets",
]
FILES = "candidates_job WHERE file <> ''"


@dataclass
class Queued:
    """A job in the queue of a database kept as it is: the rows that it writes, and how many.

    `seconds`: how old the oldest of its workers gets that is killed at any moment.
    """

    kept: str
    rows: str
    count: int
    seconds: float = 1.0


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
        with databases.connected_to(self.name):
            author = User.objects.create(username="manager", is_staff=True)
            author.groups.add(Group.objects.get(name=MANAGER))
            self.entries = Entry.objects.filter(session__code=SESSION).count()
        self.imported = self.keep()
        self.complete("deliberate", SESSION)
        self.deliberated = self.keep()
        self.complete("release", SESSION, "--now")
        self.released = self.keep()
        self.queued = {kind: getattr(self, f"queue_{kind}")() for kind in KINDS}

    def begin(self, kind):
        """Put a job of a kind into the queue, and return its `Queued`."""
        queued = self.queued[kind]
        self.settle()
        self.restore(queued.kept)
        self.store()
        return queued

    def queue_deliberate(self):
        self.restore(self.imported)
        with self.at_the_desk() as (session, author):
            queue.ask("deliberate", session=session, round=1, by=author)
        return Queued(self.keep(), "results_decision", self.entries)

    def queue_import_file(self):
        self.restore(self.imported)
        with self.at_the_desk() as (session, author), self.corrected.open("rb") as file:
            upload = File(file, "notes.csv")
            row = storing.receive(kinds.get("marks"), upload, session=session, by=author)
            self.stored = row.file.name
            self.store()
            checking.ask(row, checking.CHECK, by=author)
        self.complete(*WORKER)
        with self.at_the_desk() as (session, author):
            row = FileImport.objects.get()
            assert row.state == FileImport.State.READY, row.report
            checking.ask(row, checking.IMPORT, by=author)
        self.confirmed = self.keep()
        return Queued(self.confirmed, "results_markevent", row.changed)

    def queue_undo_import(self):
        self.restore(self.confirmed)
        self.store()
        self.complete(*WORKER)
        with self.at_the_desk() as (_session, author):
            with databases.rewriting_history():
                Mark.pgh_event_model.objects.all().delete()
            row = FileImport.objects.get()
            undoing.ask(row, by=author)
        return Queued(self.keep(), "results_markevent", row.changed)

    def queue_release(self):
        self.restore(self.deliberated)
        with self.at_the_desk() as (session, author):
            found = list(Speciality.objects.filter(entries__session=session).distinct())
            wanted = {"specialities": found, "round": 1}
            shown = preview(session, **wanted)
            assert not shown.problems
            wanted["at"] = None
            seen = ReleaseConfirmation({}, session, shown, wanted).seen
            posted = {"seen": seen, "regulations_read": "on"}
            release_job.ask(session, wanted, posted, by=author)
        return Queued(self.keep(), "results_publishedresult", self.entries)

    def queue_open_replacement(self):
        self.restore(self.released)
        with self.at_the_desk() as (july, author):
            deferred = Decision.objects.order_by("pk").values_list("pk", flat=True)[: ENTRIES // 2]
            count = Decision.objects.filter(pk__in=list(deferred)).update(verdict=Verdict.DEFERRED)
            september = Session.objects.create(
                code=f"{SESSION}-S", exam=july.exam, year=july.year, label="-", replaces=july
            )
            queue.ask(replacement_job.KIND, session=september, by=author)
        rows = f"candidates_entry WHERE session_id = {september.pk}"
        return Queued(self.keep(), rows, count)

    def queue_edition_of_codes(self):
        return self._queue_edition(self.imported, "access_codes")

    def queue_edition_of_sheets(self):
        return self._queue_edition(self.released, "score_sheets", seconds=4.0, numbers=[])

    def _queue_edition(self, kept, name, *, seconds=1.0, **options):
        self.restore(kept)
        with self.at_the_desk() as (session, author):
            making.ask(session, name, options, by=author)
        return Queued(self.keep(), FILES, 1, seconds)

    def at_the_desk(self):
        return AtTheDesk(self.name)

    def store(self):
        """Put the file of corrected marks where the worker finds it."""
        path = self.directory / "stored" / getattr(self, "stored", "nothing")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.corrected.read_bytes())

    def tell(self, sql):
        with psycopg.connect(databases.url(self.name), autocommit=True) as clerk:
            asked = clerk.execute(sql)
            return asked.fetchone() if asked.description else None

    def job(self):
        return self.tell("SELECT state, message, file FROM candidates_job ORDER BY id DESC LIMIT 1")

    def check_files(self, name):
        """A job that keeps a file keeps one, whole, and nothing else is left."""
        stored = self.directory / "stored"
        left = [path for folder in ("jobs", "work") for path in (stored / folder).glob("*")]
        assert left == ([stored / name] if name else [])
        for path in left:
            with path.open("rb") as file:
                if zipfile.is_zipfile(file):
                    assert zipfile.ZipFile(file).testzip() is None
                else:
                    assert len(path.read_text().splitlines()) == self.entries + 1
            path.unlink()

    def check_releases(self):
        """Releases open once, each with the hour at which its rows were there."""
        doubled = "SELECT count(*) FROM results_publishedresult WHERE revision > 1"
        assert self.tell(doubled) == (0,)
        closed = "SELECT count(*) FROM results_release WHERE opens_at > now()"
        assert self.tell(closed) == (0,)


class AtTheDesk:
    """The session and its manager, on the office's database."""

    def __init__(self, name):
        self.connected = databases.connected_to(name)

    def __enter__(self):
        self.connected.__enter__()
        return Session.objects.get(code=SESSION), User.objects.get(username="manager")

    def __exit__(self, *failure):
        return self.connected.__exit__(*failure)


@pytest.fixture(scope="module")
def office(template_database, tmp_path_factory, django_db_blocker):
    with django_db_blocker.unblock():
        directory = tmp_path_factory.mktemp("office")
        stored = (directory / "stored").as_uri()
        office = QueuedOffice(directory, template=template_database, STORAGE_URL=stored)
    yield office
    office.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_whose_worker_is_killed_is_done_once_by_the_next(kind, office, kills):
    draw = random.Random(kills)
    for fate in AT_COMMIT + [""] * max(1, kills // 6):
        queued = office.begin(kind)
        run = office.start(*WORKER, commit=fate)
        moment = None if fate else draw.uniform(0.1, queued.seconds)
        run.wait(moment, then=None if fate else signal.SIGKILL)
        office.settle()
        (written,) = office.tell(f"SELECT count(*) FROM {queued.rows}")
        assert written in {0, queued.count}, fate
        assert (office.job()[0] == Job.State.DONE) == (written > 0), fate
        # The dead worker's last sign of life is long ago.
        office.tell("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        office.complete(*WORKER)
        state, message, file = office.job()
        assert state == Job.State.DONE, message
        assert office.tell(f"SELECT count(*) FROM {queued.rows}") == (queued.count,), fate
        assert office.tell("SELECT count(*) FROM procrastinate_jobs") == (0,), fate
        office.check_files(file)
        office.check_releases()
