"""The rules of the house that import-linter (pyproject.toml) cannot say."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

APPS = ["results_portal", "candidates", "results", "diplomas"]  # each knows those before it
MODULES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]

MOST_MODULES = 12  # in one folder
LARGE_FOLDERS = {"migrations", "demo", "admin", "stamping"}

# What the rules of an exam may import: values and reckoning, nothing that reads or writes.
PURE = {
    "__future__",
    "collections",
    "dataclasses",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "operator",
    "typing",
}

EMPTY_NAMES = {"common", "helpers", "managers", "misc", "services", "utils"}


def parsed(path):
    return ast.parse(path.read_text(), str(path))


def imported_modules(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def named(path):
    return str(path.relative_to(ROOT))


def test_imports_are_absolute():
    wrong = {
        f"{named(path)}: {module}"
        for path in MODULES
        for module in imported_modules(path)
        if module.startswith(".")
    }
    assert not wrong


@pytest.mark.parametrize("path", sorted((ROOT / "results/rules").rglob("*.py")), ids=named)
def test_the_rules_of_an_exam_import_nothing_that_reads_or_writes(path):
    others = {
        module
        for module in imported_modules(path)
        if module.split(".")[0] not in PURE and not f"{module}.".startswith("results.rules.")
    }
    assert not others


def test_a_folder_holds_few_modules():
    folders = Counter(
        path.parent
        for path in MODULES
        if path.name != "__init__.py" and path.parent.name not in LARGE_FOLDERS
    )
    large = {named(folder): count for folder, count in folders.items() if count > MOST_MODULES}
    assert not large


def test_no_module_has_a_name_that_says_nothing():
    assert not [named(path) for path in MODULES if path.stem in EMPTY_NAMES]
