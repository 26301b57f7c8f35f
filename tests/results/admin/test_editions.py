"""Editions of a session: who may have which, what the files hold, and what becomes of them."""

import csv
import io
import os
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from candidates.admin.groups import OPERATOR
from candidates.editions import making
from candidates.imports import import_entries
from candidates.jobs import keeping, queue, tasks
from candidates.models import Job
from results.marks.announced import ANNOUNCED
from results.publication import release
from results_portal.settings import STORAGES
from results_portal.tabular import ErrorLog
from tests import factories
from tests.diplomas import dispatched
from tests.jobs import said, work
from tests.results.pages import texts
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

ROLES = {
    "lists": {"manager"},
    "score_sheets": {"manager", "operator"},
    "decisions": {"manager"},
    "figures": {"manager"},
    "access_codes": {"manager"},
    "entries": {"manager", "operator"},
    "dispatch": {"manager"},
}


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    """The folder of the files that jobs keep, on a disk as in production."""
    options = STORAGES["default"]["OPTIONS"] | {"location": tmp_path / "stored"}
    on_disk = STORAGES["default"] | {"OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": on_disk}
    settings.WORK_DIR = tmp_path / "work"
    return tmp_path / "stored/jobs"


def page_of(session):
    return reverse("admin:candidates_session_editions", args=[session.pk])


def file_of(job):
    return reverse("admin:candidates_job_file", args=[job.pk])


def asked(session, name, role="manager", **options):
    """Ask for an edition on the page, and return its job; nobody has worked yet."""
    data = {"edition": name} | {f"{name}-{option}": value for option, value in options.items()}
    answer = client_of(role).post(page_of(session), data)
    job = Job.objects.latest("pk")
    assert answer.url == reverse("admin:candidates_job_change", args=[job.pk]), text_of(answer)
    return job


def made(session, name, role="manager", **options):
    """Ask for an edition, have it made, and return its job."""
    return done(asked(session, name, role, **options))


def done(job):
    work()
    job.refresh_from_db()
    return job


def content(job, role="manager"):
    return b"".join(client_of(role).get(file_of(job)).streaming_content)


def unpacked(job, role="manager"):
    """The files of an edition by name."""
    with zipfile.ZipFile(io.BytesIO(content(job, role))) as joined:
        assert joined.testzip() is None
        return {name: joined.read(name) for name in joined.namelist()}


def rows(text):
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(("name", "roles"), ROLES.items())
def test_each_edition_is_asked_and_downloaded_by_those_who_may_and_nobody_else(
    name, roles, open_session
):
    job = making.ask(open_session, name, {}, by=member("superuser"))
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, finished_at=timezone.now(), file="jobs/1", file_name="x.zip"
    )
    default_storage.save("jobs/1", io.BytesIO(b"x"))
    for role in ("manager", "operator", "anonymous"):
        may = role in roles
        data = {"edition": name, f"{name}-format": ".csv", f"{name}-wanted": "office"}
        answer = client_of(role).post(page_of(open_session), data)
        opened = client_of(role).get(file_of(job))
        if role == "anonymous":
            assert "/connexion/" in answer.url or "login" in answer.url
            assert opened.status_code == 302
            continue
        assert (answer.status_code == 302) == may, role
        assert answer.status_code in {302, 403}
        assert opened.status_code == (200 if may else 403), role
        assert not may or b"".join(opened.streaming_content) == b"x"
        shown = text_of(client_of(role).get(page_of(open_session)))
        assert (f'value="{name}"' in shown) == may
        assert (file_of(job) in shown) == may


@pytest.mark.slow
def test_posted_lists_are_printed_before_the_hour_for_the_places_that_are_chosen(people):
    session = people["admitted"].session
    factories.entry(marks=factories.ADMITTED, posting_place="Lycée isolé", session=session)
    from results.jury.deliberation import deliberate

    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(hours=2))
    every = unpacked(made(session, "lists"))
    assert len([name for name in every if name.endswith(".pdf")]) == 2
    job = made(session, "lists", place="=Lycée isolé", round="1", specialities=["MINI"])
    assert said(job) == ["1 liste."]
    (name,) = [name for name in unpacked(job) if name.endswith(".pdf")]
    assert "isole" in name
    refused = made(session, "lists", round="2")
    assert refused.state == Job.State.FAILED
    assert not refused.file


def test_lists_of_a_session_that_nothing_schedules_are_refused_in_words(
    deliberated_session, stored, settings
):
    job = made(deliberated_session, "lists")
    assert (job.state, job.file.name) == (Job.State.FAILED, "")
    assert said(job) == ["Aucune publication n’est programmée : il n’y a pas de liste."]
    assert not stored.exists()
    assert not os.listdir(settings.WORK_DIR)


def test_score_sheets_are_those_of_public_results_all_or_some(open_people, open_session):
    job = made(open_session, "score_sheets", "operator")
    assert said(job)[0] == "5 relevés."
    files = unpacked(job, "operator")
    assert set(files) == {"index.csv", "releves-0001.pdf"}
    assert len(rows(files["index.csv"])) == 5
    number = open_people["admitted"].number
    one = unpacked(made(open_session, "score_sheets", numbers=f" {number}, {number}"))
    assert [row["numero"] for row in rows(one["index.csv"])] == [number]
    page = client_of("manager").post(
        page_of(open_session), {"edition": "score_sheets", "score_sheets-numbers": "INCONNU"}
    )
    assert "Pas de relevé (numéro inconnu" in text_of(page)


def test_papers_of_a_release_that_was_withdrawn_since_are_given_no_more(open_release, open_session):
    job, table = made(open_session, "score_sheets"), made(open_session, "entries", format=".csv")
    assert content(job)
    release.withdraw(open_release, by=member("manager"))
    refused = client_of("operator").get(file_of(job), follow=True)
    assert "Une publication a été retirée depuis" in text_of(refused).replace("\u00a0", " ")
    assert content(table)
    release.schedule(open_session)
    assert content(made(open_session, "score_sheets"))


def test_no_score_sheet_leaves_before_the_hour(scheduled_session):
    job = made(scheduled_session, "score_sheets")
    assert said(job) == ["Aucun résultat n’est publié : il n’y a pas de relevé."]
    assert not job.file


def test_decisions_and_codes_are_tables_that_a_spreadsheet_opens(people, deliberated_session):
    job = made(deliberated_session, "decisions", format=".csv")
    assert job.file_name.endswith(".csv")
    table = {row["numero"]: row for row in rows(content(job))}
    assert table[people["admitted"].number]["decision"] == "ADMITTED"
    assert table[people["withheld"].number]["moyenne"] == ""
    job = made(deliberated_session, "access_codes")
    assert {row["numero"] for row in rows(content(job))} == set(table)
    assert "codes viennent de l’office" in said(job)[0]


def test_the_entries_that_leave_change_nothing_when_they_come_back(deliberated_session, tmp_path):
    job = made(deliberated_session, "entries", "operator", format=".csv")
    path = tmp_path / "inscriptions.csv"
    path.write_bytes(content(job, "operator"))
    log = ErrorLog("inscriptions.csv")
    again = {"session": deliberated_session, "announced": ANNOUNCED, "dry_run": True}
    found = import_entries(path, log=log, **again)
    assert (found.created, found.changed) == (0, 0)
    assert found.unchanged == deliberated_session.entries.count()
    assert made(deliberated_session, "entries", format=".xlsx").file_name.endswith(".xlsx")


@pytest.mark.slow
def test_the_papers_of_every_sealed_batch_or_of_one_are_printed():
    dispatched.at_school()
    dispatched.at_home()
    dispatched.released()
    from diplomas.dispatch import dispatch

    batches = [dispatch.seal(batch) for batch in dispatched.batches()]
    session = batches[0].session
    job = made(session, "dispatch")
    assert said(job) == ["1 bordereau.", "1 lettre."]
    assert len([name for name in unpacked(job) if name.endswith(".pdf")]) == 2
    home = next(batch for batch in batches if batch.route == "HOME")
    papers = reverse("admin:diplomas_dispatchbatch_papiers", args=[home.pk])
    assert client_of("operator").post(papers).status_code == 403
    assert client_of("manager").get(papers).status_code == 405
    client_of("manager").post(papers)
    one = done(Job.objects.latest("pk"))
    assert said(one) == ["1 lettre."]
    (letter,) = [pdf for name, pdf in unpacked(one).items() if name.endswith(".pdf")]
    assert home.reference in " ".join(texts(letter))
    change = reverse("admin:diplomas_dispatchbatch_change", args=[home.pk])
    assert file_of(one) in text_of(client_of("manager").get(change))


def test_a_file_is_its_owners_alone_never_cached_and_each_download_is_noted(
    deliberated_session, stored
):
    job = made(deliberated_session, "decisions", format=".csv")
    modes = [path.stat().st_mode & 0o777 for path in (stored, stored / f"{job.pk}")]
    assert modes == [0o700, 0o600]
    answer = client_of("manager").get(file_of(job))
    assert b"".join(answer.streaming_content)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")
    noted = LogEntry.objects.latest("pk")
    assert (noted.user, noted.get_edited_object()) == (member("manager"), deliberated_session)
    assert " ".join(noted.get_change_message().split()) == f"Téléchargé : {job.file_name}"


def test_files_are_deleted_in_a_week_and_so_is_what_a_killed_worker_left(
    deliberated_session, stored, settings
):
    job = made(deliberated_session, "decisions", format=".csv")
    waiting = asked(deliberated_session, "access_codes")
    (stored / "900").write_text("")
    for name in ("901", f"{waiting.pk}"):
        (settings.WORK_DIR / name).mkdir()
    tasks.forget_files(0)
    assert os.listdir(stored) == [f"{job.pk}"]
    assert os.listdir(settings.WORK_DIR) == [f"{waiting.pk}"]
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - keeping.KEPT)
    tasks.forget_files(0)
    assert not os.listdir(stored)
    page = text_of(client_of("manager").get(file_of(job), follow=True))
    assert f"{job.file_name} a été effacé, comme tout fichier après 7 jours : demandez" in page
    assert client_of("manager").get(file_of(waiting)).status_code == 404
    assert "effacé" in text_of(client_of("manager").get(page_of(deliberated_session)))


def test_whoever_lost_the_right_gets_no_edition_and_no_file_that_they_had_asked_for(
    deliberated_session,
):
    before = made(deliberated_session, "decisions", format=".csv")
    asked_after = asked(deliberated_session, "access_codes")
    member("manager").groups.set([Group.objects.get(name=OPERATOR)])
    assert client_of("manager").get(file_of(before)).status_code == 403
    refused = done(asked_after)
    assert refused.state == Job.State.FAILED
    assert "n’a plus le droit" in said(refused)[0]
    assert not refused.file


def test_the_same_edition_asked_by_two_managers_is_made_once_and_cancelled_leaves_nothing(
    deliberated_session,
):
    job = asked(deliberated_session, "decisions", format=".csv")
    assert asked(deliberated_session, "decisions", "superuser", format=".csv") == job
    queue.cancel(job)
    assert done(job).state == Job.State.CANCELLED
    assert not job.file
    assert made(deliberated_session, "decisions", format=".csv").pk != job.pk


def test_a_release_goes_before_the_editions_that_wait(scheduled_session):
    from procrastinate.contrib.django.models import ProcrastinateJob

    edition = asked(scheduled_session, "decisions", format=".csv")
    decided = queue.ask("deliberate", session=scheduled_session, round=1, by=member("manager"))
    priority = dict(ProcrastinateJob.objects.values_list("pk", "priority"))
    assert priority[edition.queued] < priority[decided.queued]
    assert edition.lock != decided.lock


def test_the_page_takes_the_same_queries_for_any_number_of_files(
    deliberated_session, django_assert_max_num_queries
):
    for number in range(20):
        making.ask(deliberated_session, "decisions", {"n": number}, by=member("manager"))
    manager = client_of("manager")
    with django_assert_max_num_queries(12):
        assert manager.get(page_of(deliberated_session)).status_code == 200
