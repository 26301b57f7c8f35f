"""The arrow: diplomas → results → candidates → results_portal, never back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {
    "results_portal": set(),
    "candidates": {"results_portal"},
    "results": {"results_portal", "candidates"},
    "diplomas": {"results_portal", "candidates", "results"},
}
ASSEMBLY = ROOT / "results_portal" / "urls.py"  # mounts the apps, so it knows them
PURE = ["results/rules/__init__.py"]


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield node.module


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_from_those_it_may(package):
    allowed = MAY_IMPORT[package] | {package}
    wrong = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / package).rglob("*.py")
        if path != ASSEMBLY
        for module in imported_modules(path)
        if module.split(".")[0] in MAY_IMPORT.keys() - allowed
    }
    assert not wrong


def test_the_apps_never_import_the_settings_or_the_urls():
    wrong = {
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
        if {"results_portal.settings", "results_portal.urls"} & set(imported_modules(path))
    }
    assert not wrong


@pytest.mark.parametrize("module", PURE)
def test_the_rules_of_law_know_neither_database_nor_framework(module):
    roots = {name.split(".")[0] for name in imported_modules(ROOT / module)}
    assert not roots & {"django", "psycopg", "os", "time"}


@pytest.mark.parametrize("name", ["utils", "helpers", "services", "managers", "misc", "common"])
def test_no_module_has_a_name_that_says_nothing(name):
    assert not [path for app in MAY_IMPORT for path in (ROOT / app).rglob(f"{name}.py")]
