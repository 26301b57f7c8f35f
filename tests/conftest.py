import gc
import os
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.utils import timezone, translation

from tests import databases, factories
from tests.demo import LoadedDemo, run_demo
from tests.office_files import entries_loader
from tests.staff import client_of
from tests.strictness import shuffle_unordered_querysets
from tests.visitor import public_inside_the_transaction

# A slow machine is no failure.
patient = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile(
    "quick", max_examples=50, derandomize=True, database=None, **patient
)
hypothesis.settings.register_profile("fuzz", max_examples=5000, **patient)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

COMMITTING_FIXTURES = {"live_server", "transactional_db", "django_db_reset_sequences"}


def pytest_addoption(parser):
    parser.addoption("--first-case", action="store_true", help="of each test its first case only")
    parser.addoption("--kills", type=int, default=6, help="how often to kill each command")


@pytest.fixture(scope="session")
def kills(request):
    """How often to kill each command."""
    return request.config.getoption("kills")


def pytest_configure(config):
    """English is tested as it is written, whatever was compiled before."""
    if not hasattr(config, "workerinput"):
        subprocess.run([Path(__file__).parents[1] / "scripts/translations"], check=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """A test that may write to the database may also read it as a visitor does.

    The longest tests go first: at the end one core would wait for them. So one process has those
    that kill and those with a browser, and the others take over what it cannot come to.
    """
    if config.getoption("--first-case"):
        first = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
        config.hook.pytest_deselected(items=list({*items} - {*first.values()}))
        items[:] = reversed(first.values())
    items.sort(key=lambda item: [not item.get_closest_marker(long) for long in ("kill", "browser")])
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or COMMITTING_FIXTURES & set(item.fixturenames):
            arguments = marker.kwargs if marker else {}
            both = {"databases": ["default", "public"], **arguments}
            item.add_marker(pytest.mark.django_db(**both), append=False)


def pytest_collection_finish(session):
    """What is loaded stays: the collector of garbage need not look at it again after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _public_reads_what_the_test_wrote(request):
    marker = request.node.get_closest_marker("django_db")
    uses_database = marker or "db" in request.fixturenames
    commits = (marker and marker.kwargs.get("transaction")) or (
        COMMITTING_FIXTURES & set(request.fixturenames)
    )
    if not uses_database or commits:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    with public_inside_the_transaction():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, request):
    """The test database, and a copy as new where `template_database` is asked for.

    Nothing stays connected to the test database when it is copied, or dropped.
    """
    tests = request.session.items
    with ExitStack() as stack, django_db_blocker.unblock():
        if any("template_database" in test.fixturenames for test in tests):
            connections.close_all()
            tested = connections["default"].settings_dict["NAME"]
            stack.enter_context(databases.copy_of(tested, f"{tested}_template"))
        stack.enter_context(_office_rights())
        with django_db_blocker.block():
            yield
        connections.close_all()


@contextmanager
def _office_rights():
    """The tests' own connection has the rights of the office's login; the owner empties tables."""
    connections.close_all()
    options = connections["default"].settings_dict["OPTIONS"]
    own = options["options"]
    options["options"] = f"{own} -c role=portal_staff"
    operations = type(connections["default"].ops)  # under Playwright the connection is another one
    empty = operations.execute_sql_flush
    as_owner = "SET LOCAL ROLE portal"
    operations.execute_sql_flush = lambda self, tables: empty(self, [as_owner, *tables])
    yield
    operations.execute_sql_flush = empty
    options["options"] = own


@pytest.fixture(scope="session")
def template_database(django_db_setup):
    """The name of a database as `migrate` leaves it, to copy. For tests marked `django_db`."""
    return f"{connections['default'].settings_dict['NAME']}_template"


@pytest.fixture(scope="session")
def demo_database(template_database, django_db_blocker, tmp_path_factory):
    """The demo, loaded once for all tests, which use it by `loaded_demo`."""
    files = tmp_path_factory.mktemp("demo")
    name = template_database.replace("_template", "_demo")
    with databases.copy_of(template_database, name):
        with django_db_blocker.unblock(), databases.connected_to(name):
            printed = run_demo(to=files)
        yield LoadedDemo(name, files, printed)


@pytest.fixture(scope="module")
def loaded_demo(demo_database, django_db_blocker):
    """The demo, in whose database each test of the module has its transaction."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(databases.connected_to(demo_database.database))
        yield demo_database
        stack.enter_context(django_db_blocker.unblock())


@pytest.fixture(autouse=True)
def _rows_in_any_order(monkeypatch):
    shuffle_unordered_querysets(monkeypatch, seed=2026)


@pytest.fixture(autouse=True)
def _the_same_numbers_in_any_order():
    factories.restart_numbers()


@pytest.fixture(autouse=True)
def _no_language_left_by_another_test():
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def of_this_year(monkeypatch):
    """The usual session is of this year, whenever that is: mailings are told of recent ones."""
    monkeypatch.setattr(factories, "YEAR", timezone.localdate().year)


@pytest.fixture
def one_person(settings):
    """What two people do elsewhere, one does at once."""
    settings.SECOND_PERSON = False


@pytest.fixture
def operator(db):
    """The browser of an operator, signed in."""
    return client_of("operator")


@pytest.fixture
def manager(db):
    """The browser of a manager, signed in."""
    return client_of("manager")


@pytest.fixture
def empty_session(db):
    """A session without entries, with the school and the rules that `office_files.ENTRY` names."""
    factories.school()
    factories.regulation()
    return factories.session()


@pytest.fixture
def load_entries(empty_session, tmp_path):
    """Import rows into `empty_session`, each told by what differs from `office_files.ENTRY`."""
    return entries_loader(empty_session, tmp_path)


@pytest.fixture
def wsgi():
    """As Django's test client does: the connection of the test outlives visits through WSGI."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
