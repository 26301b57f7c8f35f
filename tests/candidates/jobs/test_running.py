"""Jobs of the worker: who may, in which order, and how each of them ends."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from candidates.jobs import kinds, queue, running, tasks
from candidates.jobs.work import JobCancelled
from candidates.models import Job, School
from tests import factories
from tests.jobs import said, work
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

RIGHT = "results.deliberate"


@pytest.fixture
def kind(monkeypatch):
    """Register a kind of job that does what `kind.does(work)` says."""

    class Recorded:
        does = staticmethod(lambda work: work.finish(["C’est fait."]))

    monkeypatch.setitem(
        kinds._kinds,
        "tried",
        kinds.JobKind("tried", "essai", RIGHT, lambda work: Recorded.does(work)),
    )
    return Recorded


@pytest.fixture
def session(db):
    return factories.session()


def ask(session, by="manager", **arguments):
    return queue.ask("tried", session=session, by=member(by), **arguments)


def done(job):
    work()
    job.refresh_from_db()
    return job


def page(job, role="manager"):
    return client_of(role).get(reverse("admin:candidates_job_change", args=[job.pk]))


def test_a_job_says_what_came_of_it_and_who_asked(kind, session):
    job = done(ask(session))
    assert (job.state, said(job)) == (Job.State.DONE, ["C’est fait."])
    text = text_of(page(job))
    assert "C’est fait." in text
    assert "par manager" in text


def test_the_same_work_asked_twice_is_one_job_until_it_ends(kind, session):
    job = ask(session, round=1)
    assert ask(session, round=1) == job
    assert ask(session, round=2) != job
    assert done(job).state == Job.State.DONE
    assert ask(session, round=1) != job


def test_a_job_that_waits_is_cancelled_at_once_and_leaves_the_queue(kind, session):
    job = ask(session)
    assert ProcrastinateJob.objects.get(pk=job.queued).lock == f"session {session.pk}"
    queue.cancel(job)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not ProcrastinateJob.objects.filter(pk=job.queued).exists()
    assert done(job).message == ""


@pytest.mark.parametrize(
    "lose",
    [
        lambda user: user.groups.clear(),
        lambda user: setattr(user, "is_active", False),
        lambda user: setattr(user, "is_staff", False),
    ],
    ids=["group", "account", "staff"],
)
def test_a_job_whose_author_lost_the_right_meanwhile_does_nothing(lose, kind, session):
    kind.does = lambda work: pytest.fail("it was done")
    job, author = ask(session), member("manager")
    lose(author)
    author.save()
    job = done(job)
    assert job.state == Job.State.FAILED
    assert said(job) == ["manager n’a plus le droit de le faire : rien n’est fait."]


def test_a_job_at_work_is_cancelled_and_leaves_nothing(kind, session):
    def work_and_be_cancelled(work):
        factories.school("0750655E")
        queue.cancel(work.job)
        raise JobCancelled  # as its progress does

    kind.does = work_and_be_cancelled
    job = done(ask(session))
    assert job.state == Job.State.CANCELLED
    assert "Annulée" in text_of(page(job))


def test_a_job_that_fails_says_so_and_waits_on_the_first_page(kind, session, caplog):
    def fail(work):
        raise ZeroDivisionError

    kind.does = fail
    job = done(ask(session))
    assert job.state == Job.State.FAILED
    assert "rien n’est fait" in job.message
    assert "ZeroDivisionError" in caplog.text
    manager = client_of("manager")
    assert "Tâches qui ont échoué" in text_of(manager.get(reverse("admin:index")))
    manager.post(reverse("admin:candidates_job_seen", args=[job.pk]))
    assert "Tâches qui ont échoué" not in text_of(manager.get(reverse("admin:index")))


@pytest.mark.parametrize("interruption", [OperationalError, JobAborted])
def test_what_interrupts_a_worker_hands_the_job_out_again(interruption, kind, session):
    def interrupted(work):
        raise interruption

    kind.does = interrupted
    job = ask(session)
    with pytest.raises(interruption):
        running.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert tasks.run_job.get_retry_exception(interruption(), None)
    kind.does = lambda work: work.finish(["Cette fois."])
    assert said(done(job)) == ["Cette fois."]


def test_a_job_that_kills_its_worker_each_time_is_given_up(kind, session):
    kind.does = lambda work: pytest.fail("it was done")
    job = ask(session)
    running.run(job.pk, attempt=running.MOST_ATTEMPTS)
    job.refresh_from_db()
    assert "3 fois" in job.message


def test_a_job_that_another_worker_ended_meanwhile_is_not_ended_twice(kind, session):
    def ended_by_another(work):
        School.objects.all().delete()
        Job.objects.filter(pk=work.job.pk).update(
            state=Job.State.DONE, message="L’autre.", finished_at="2026-07-01T10:00Z"
        )
        work.finish(["Moi."])

    kind.does = ended_by_another
    assert said(done(ask(session))) == ["L’autre."]


def test_a_job_waits_for_the_one_at_work_on_the_same_session_and_says_for_whom(kind, session):
    first, second = ask(session, round=1), ask(session, round=2)
    Job.objects.filter(pk=first.pk).update(state=Job.State.RUNNING, started_at="2026-07-01T10:00Z")
    answer = page(second)
    assert "« essai » est en cours, depuis 12:00, pour manager." in text_of(answer)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text_of(answer)
    other = ask(factories.session("BTS-2027"), round=2)
    assert "est en cours" not in text_of(page(other))
    assert "refresh" not in text_of(page(done(second)))


def test_without_a_worker_the_first_page_and_the_job_say_so(kind, session):
    job = ask(session)
    manager = client_of("manager")
    assert "Aucun programme ne fait les tâches" in text_of(manager.get(reverse("admin:index")))
    assert "Aucun programme ne fait les tâches" in text_of(page(job))
    queue.app.job_manager.connector.execute_query("SELECT procrastinate_register_worker_v1()")
    assert "Aucun programme" not in text_of(manager.get(reverse("admin:index")))
    assert "Aucun programme" not in text_of(page(job))


def test_only_its_author_or_whoever_may_ask_for_it_cancels_a_job(kind, session):
    job = ask(session)
    cancel = reverse("admin:candidates_job_cancel", args=[job.pk])
    assert client_of("operator").post(cancel).status_code == 403
    assert client_of("manager").get(cancel).status_code == 405
    client_of("manager").post(cancel)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_what_a_job_changes_has_its_author(kind, session):
    def change(work):
        work.note_in_journal(session, "Délibérée")
        work.finish([])

    kind.does = change
    done(ask(session))
    assert LogEntry.objects.get().user == member("manager")


def test_a_file_that_a_job_made_is_given_to_those_who_may_and_forgotten_in_a_week(
    kind, session, tmp_path
):
    (tmp_path / "made.csv").write_text("ligne\n")

    def make(work):
        work.keep_file(tmp_path / "made.csv", "erreurs.csv")
        work.finish([])

    kind.does = make
    job = done(ask(session))
    address = reverse("admin:candidates_job_file", args=[job.pk])
    answer = client_of("manager").get(address)
    assert b"".join(answer.streaming_content) == b"ligne\n"
    assert answer["Content-Disposition"] == 'attachment; filename="erreurs.csv"'
    assert client_of("operator").get(address).status_code == 403
    tasks.forget_files(0)
    assert client_of("manager").get(address).status_code == 200
    Job.objects.update(finished_at="2020-01-01T00:00Z")
    tasks.forget_files(0)
    page = text_of(client_of("manager").get(address, follow=True))
    assert "erreurs.csv a été effacé, comme tout fichier après 7 jours" in page
    assert "Télécharger" not in page


def test_the_list_of_jobs_takes_the_same_queries_for_any_number(
    kind, session, django_assert_max_num_queries
):
    for number in range(30):
        ask(session, round=number)
    manager = client_of("manager")
    with django_assert_max_num_queries(9):
        assert manager.get(reverse("admin:candidates_job_changelist")).status_code == 200
