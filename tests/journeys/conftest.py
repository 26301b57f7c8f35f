"""One Chromium for all journeys, and visitors who notice when something is wrong with a page."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.journeys.people import released, town
from tests.journeys.visit import Visit

CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = settings.DATA_DIR / "screenshots"


@pytest.fixture(scope="package")
def browser():
    # Playwright keeps an event loop running in this thread, which Django takes for asynchronous
    # code. Nothing of ours is: the queries of these tests may run.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_people(transactional_db):
    """The `town`, whose results are open."""
    people = town()
    released(people)
    return people


@pytest.fixture
def arrive(browser, live_server):
    """Somebody arrives on the site: `arrive(scripts=False)` returns their `Visit`.

    When the test ends, nothing may have gone wrong in any page they saw.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    visits = []

    def arrive(**options):
        visits.append(Visit(browser, live_server.url, SCREENSHOTS, **options))
        return visits[-1]

    yield arrive
    for visit in visits:
        visit.leave()
    faults = [fault for visit in visits for fault in visit.faults]
    assert not faults, "\n\n".join(faults)
