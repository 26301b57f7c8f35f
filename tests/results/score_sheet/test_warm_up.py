"""A process that begins is made ready, so that the first score sheet asked of it is not slow."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from results.gate import lookup
from results.models import PublishedResult
from results.publication import release
from results.score_sheet import sheet
from results.score_sheet.warm_up import prepare
from results_portal import caches

pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture
def new_process():
    """How many layouts a press has made that has learnt nothing yet."""
    caches.clear_all()
    return sheet.press().layouts


def test_the_first_score_sheet_of_a_prepared_process_is_not_laid_out(
    deliberated_session, new_process
):
    release.schedule(deliberated_session)
    prepare()
    before = sheet.press().layouts
    result = PublishedResult.objects.filter(verdict="ADMITTED").order_by("pk").last()
    other = lookup.shown_document(result)
    other["candidate"] = other["candidate"] | {"given_names": "Zénobie", "number": "2600000009"}
    pdf = sheet.render_score_sheet(other, code=result.verification_code)
    assert pdf.startswith(b"%PDF")
    assert sheet.press().layouts == before > new_process


def test_what_is_not_open_yet_is_not_read_for_it(deliberated_session, new_process):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=1))
    prepare()
    assert sheet.press().layouts == new_process


def test_the_server_begins_while_each_worker_is_still_being_prepared():
    program = """
import threading
from results_portal.signals import worker_started
told, served = threading.Event(), threading.Event()
def receiver(**_signal):
    told.set()
    assert served.wait(20)
    print("prepared")
worker_started.connect(receiver)
from results_portal.wsgi import application
assert told.wait(20)
print("serving")
worker_started.disconnect(receiver)
threads = [one for one in threading.enumerate() if one.daemon]
served.set()
for thread in threads:
    thread.join(20)
"""
    assert said_by(program) == ["serving", "prepared"]


def test_what_a_worker_has_prepared_stops_no_visitor_while_python_looks_for_cycles():
    program = """
import gc, threading
from results_portal.signals import worker_started
kept, begin = [], threading.Event()
def receiver(**_signal):
    assert begin.wait(20)
    kept.extend([] for _ in range(1000))
worker_started.connect(receiver)
from results_portal.wsgi import application
before = gc.get_freeze_count()
threads = [one for one in threading.enumerate() if one.daemon]
begin.set()
for thread in threads:
    thread.join(20)
print(before > 10_000, gc.get_freeze_count() - before > 1000)
"""
    assert said_by(program) == ["True", "True"]


def said_by(program):
    """The words that a process of the portal says, with no database."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "results_portal.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",  # not there: nor does it matter
        "DATABASE_PUBLIC_URL": "postgresql://nobody@127.0.0.1:9/none",
        "SECRET_KEY": "only for this test",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.split()
