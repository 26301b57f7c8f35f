import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from results_portal.development import embedded_postgres

pytestmark = pytest.mark.long

START = (
    "import sys; from results_portal.development.embedded_postgres import *;"
    " print(database_url(data=Path(sys.argv[1])))"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The folder of a server of its own, which is up when each test starts."""
    folder = tmp_path_factory.mktemp("embedded")
    yield folder
    embedded_postgres.stop(data=folder)


def query(url, sql):
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchone()


def kill(folder):
    """Kill the server as a power cut would, and wait until it is gone."""
    process = embedded_postgres._postmaster(folder)
    process.send_signal(signal.SIGKILL)
    while embedded_postgres._postmaster(folder):
        time.sleep(0.01)


@pytest.mark.slow
def test_processes_that_start_together_share_one_server(data):
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(data)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    urls = {starter.communicate()[0].strip() for starter in starters}
    assert urls == {embedded_postgres.database_url(data=data)}


def test_the_portal_is_no_superuser_but_may_create_databases_and_roles(data):
    sql = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert query(embedded_postgres.database_url(data=data), sql) == (False, True, True)


def test_the_server_counts_in_utc_and_knows_french_letters(data):
    sql = "SELECT current_setting('TimeZone'), current_setting('server_encoding'), lower('ÉÇŒ')"
    assert query(embedded_postgres.database_url(data=data), sql) == ("UTC", "UTF8", "éçœ")


def test_the_server_listens_on_no_network_address(data):
    sql = "SELECT current_setting('listen_addresses')"
    assert query(embedded_postgres.database_url(data=data), sql) == ("",)


def test_only_the_user_of_the_server_reaches_its_socket(data):
    assert embedded_postgres.running(data=data).stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_killed_server_comes_back_with_what_was_committed(data):
    url = embedded_postgres.database_url(data=data)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(data)
    assert embedded_postgres.running(data=data) is None
    assert query(embedded_postgres.database_url(data=data), "SELECT answer FROM kept") == (42,)


def test_a_pid_file_that_names_another_program_is_not_believed(data):
    embedded_postgres.database_url(data=data)
    pid_file = data / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded_postgres.stop(data=data)
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert query(embedded_postgres.database_url(data=data), "SELECT 1") == (1,)


def test_a_server_stopped_twice_was_running_once(data):
    embedded_postgres.database_url(data=data)
    assert embedded_postgres.stop(data=data)
    assert not embedded_postgres.stop(data=data)
    assert embedded_postgres.running(data=data) is None


@pytest.mark.slow
def test_files_half_made_by_a_killed_process_are_made_again_in_a_folder_too_deep_for_a_socket(
    tmp_path,
):
    folder = tmp_path / ("deep" * 20) / "it's, a place"
    left = folder / "postgres.new-left"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    try:
        assert query(embedded_postgres.database_url(data=folder), "SELECT 1") == (1,)
        assert not left.exists()
        assert (
            len(str(embedded_postgres.running(data=folder))) < embedded_postgres.SOCKET_PATH_LIMIT
        )
    finally:
        directory = embedded_postgres.running(data=folder)
        embedded_postgres.stop(data=folder)
    assert not directory.exists()


def test_why_the_server_does_not_start_is_said(tmp_path):
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="not a database cluster"):
        embedded_postgres.database_url(data=tmp_path)
