"""What holds for the repository as a whole."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import global_settings
from django.core.management import call_command

from results_portal.documents.seal import own_seal

ROOT = Path(__file__).resolve().parent.parent
APPS = ["results_portal", "candidates", "results", "diplomas"]
SETTINGS = (ROOT / "results_portal/settings.py").read_text()
LIBRARIES = (
    "ACCOUNT_",
    "MFA_",
    "PGHISTORY_",
    "PROCRASTINATE_",
    "ROOT_URLCONF",
    "SOCIALACCOUNT_",
)  # read by Django and packages

LOCKS = ["base", "build", "development"]  # each holds the one before

PRODUCTION = {
    "ACCESSIBILITY_PLAN": "https://www.example.org/plan",
    "ACCESSIBILITY_SCHEME": "https://www.example.org/schema",
    "ACCESS_CODE_KEY": "another random one: 1d94e07a5c3b28f6",
    "ALLOWED_HOSTS": "resultats.example.org",
    "DATABASE_PUBLIC_URL": "postgresql://portal_visitors@database.invalid/portal",
    "DATABASE_URL": "postgresql://portal_staff@database.invalid/portal",
    "DEFAULT_FROM_EMAIL": "ne-pas-repondre@example.org",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.org:587",
    "OFFICE_DIRECTOR": "Prénom Nom, directrice",
    "OFFICE_EMAIL": "examens@example.org",
    "OFFICE_HOST": "Hébergeur|2 rue du Serveur, 59000 Lille|03 00 00 00 00",
    "OFFICE_SITE": "resultats.example.org",
    "SECRET_KEY": "a production key would be random: 8f3b1c5e9d7a2460b4c8e1f7a95d3062",
    "TRUSTED_PROXY_COUNT": "1",
}

# Addresses of package registries and paths of the machine where something was written.
UNWANTED = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/home/\w+/|/root/" r"|/work/|file:///opt",
)


def manage(*arguments, **environment):
    """Run manage.py as a program of its own, with nothing of ours but `environment`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tracked_files():
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def left_out_by(target):
    """Return the markers whose tests a target of the Makefile leaves out, and "cases"."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    options = re.search(r"\$\(PYTEST\)(.*)", recipe[1])[1]
    choice = re.sub(r" --(kills \d+|durations \d+|first-case)", "", options).strip()
    markers = re.findall(r"not (\w+)", choice)
    assert choice == (f'-m "{" and ".join(f"not {marker}" for marker in markers)}"' * bool(markers))
    return {*markers, *(["cases"] if "--first-case" in options else [])}


def test_each_size_of_the_suite_holds_the_smaller_one_and_the_largest_leaves_nothing_out():
    quick, test, full = (left_out_by(target) for target in ("quick", "test", "full"))
    assert quick > test > full == set()


def test_no_test_is_skipped_or_expected_to_fail():
    for path in (ROOT / "tests").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        assert not names & {"skip", "skipif", "xfail", "importorskip"}, path


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.slow
def test_a_production_environment_passes_every_deployment_check():
    pem = own_seal()
    logins = {name: os.environ[name] for name in ("DATABASE_URL", "DATABASE_PUBLIC_URL")}
    production = {**PRODUCTION, **logins, "SEAL_KEY": pem, "SEAL_CERTIFICATE": pem}
    production["SECOND_PERSON"] = "off"  # how many managers there are is no matter of environment
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **production)
    assert checked.returncode == 0, checked.stderr


def test_a_database_without_a_secret_key_is_refused_in_one_sentence():
    refused = manage("check", DATABASE_URL=PRODUCTION["DATABASE_URL"])
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("SECRET_KEY must be set when DATABASE_URL is.")


def test_a_database_without_a_login_for_visitors_is_refused_in_one_sentence():
    urls = {name: PRODUCTION[name] for name in ("DATABASE_URL", "SECRET_KEY")}
    refused = manage("check", **urls)
    assert refused.returncode == 1
    said = refused.stderr.strip().splitlines()[-1]
    assert "DATABASE_PUBLIC_URL must be set when DATABASE_URL is" in said
    assert "deploy/roles.sql" in said


def test_half_a_provider_of_identities_is_refused_in_one_sentence():
    half = {"OIDC_ISSUER": "https://fournisseur.example", "OIDC_CLIENT_ID": "portail"}
    refused = manage("check", **PRODUCTION, **half)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("OIDC_CLIENT_SECRET go together.")
    plain = half | {"OIDC_CLIENT_SECRET": "secret", "OIDC_ISSUER": "http://fournisseur.example"}
    refused = manage("check", **PRODUCTION, **plain)
    assert refused.stderr.strip().endswith("must begin with https:// (HTTPS is on).")


def environment_variables():
    return re.findall(r"^    ([A-Z_]+)=\(", SETTINGS, re.MULTILINE)


def test_every_environment_variable_of_the_settings_is_documented():
    documented = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(environment_variables())


def test_every_environment_variable_of_the_settings_is_read():
    read = set(re.findall(r"\benv\(\"([A-Z_]+)\"\)", SETTINGS))
    assert read == set(environment_variables())


def test_every_setting_of_ours_is_read():
    names = [node for node in ast.walk(ast.parse(SETTINGS)) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            read |= set(re.findall(r"\bsettings\.([A-Z_]+)", path.read_text()))
            read |= set(re.findall(r"\bgetattr\(settings, \"([A-Z_]+)\"", path.read_text()))
    ours = {
        node.id
        for node in names
        if isinstance(node.ctx, ast.Store)
        and node.id.isupper()
        and not hasattr(global_settings, node.id)
        and not node.id.startswith(LIBRARIES)
    }
    assert not ours - read


def test_no_tracked_file_names_a_registry_or_a_place_on_someones_machine():
    found = []
    for path in tracked_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in UNWANTED.finditer(text)]
    assert not found


def test_every_locked_package_is_pinned_with_hashes():
    for lock in (ROOT / "requirements").glob("*.txt"):
        for entry in re.split(r"\n(?=[a-z])", lock.read_text())[1:]:
            assert re.match(r"[\w.\[\]-]+==\S+", entry), entry
            assert "--hash=sha256:" in entry, entry


def test_the_three_locks_agree_on_each_version():
    base, build, development = (
        set(re.findall(r"^([\w.-]+)\S*==(\S+)", lock.read_text(), re.MULTILINE))
        for lock in ((ROOT / "requirements" / f"{name}.txt") for name in LOCKS)
    )
    assert base < build < development
