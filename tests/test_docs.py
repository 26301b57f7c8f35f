"""The documentation names what exists, and stays short."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINES = {"architecture.md": 200, "performance.md": 150}
BUILT = "static/built/"  # made by `make assets`

QUOTED = re.compile(r"`([^`\n]+)`")
INDENTED = re.compile(r"^ {4}(.+)$", re.M)
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
PATH = re.compile(r"[\w.*{},-]*(/[\w.*-]+)*/?")
SUFFIXES = {".py", ".md", ".sql", ".toml", ".html", ".txt", ".css", ".js", ".lua"}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


FILES = [path for path in tracked() if (ROOT / path).exists()]
TOP = {path.split("/")[0] for path in FILES}
NAMES = {Path(path).name for path in FILES}


def is_path(text):
    """Whether a quoted text names a file or folder of the repository."""
    if not PATH.fullmatch(text) or text.startswith(BUILT):
        return False
    return ("/" in text and text.split("/")[0] in TOP) or Path(text).suffix in SUFFIXES


def exists(path):
    return any(ROOT.glob(path)) if "/" in path else path in NAMES


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCS, ids=relative)
def test_every_path_in_a_document_exists(document):
    text = document.read_text()
    missing = {path for path in QUOTED.findall(text) if is_path(path) and not exists(path)}
    missing |= {link for link in LINKED.findall(text) if not (document.parent / link).exists()}
    assert not missing


@pytest.mark.parametrize("document", DOCS, ids=relative)
def test_every_make_target_in_a_document_exists(document):
    text = document.read_text()
    commands = [*QUOTED.findall(text), *INDENTED.findall(text)]
    named = {word for line in commands for word in re.findall(r"\bmake ([a-z]+)", line)}
    rules = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.M)
    assert named <= set(" ".join(rules).split())


@pytest.mark.parametrize(("name", "most"), LINES.items())
def test_a_document_stays_short(name, most):
    assert len((ROOT / "docs" / name).read_text().splitlines()) < most
