"""The rules of the house that import-linter (pyproject.toml) cannot say."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.contrib import admin

from results_portal import links

ROOT = Path(__file__).resolve().parent.parent

APPS = ["results_portal", "candidates", "results", "diplomas"]  # each knows those before it
MODULES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]

MOST_MODULES = 12  # in one folder
LARGE_FOLDERS = {"migrations", "admin", "stamping"}

# What the rules of an exam may import: values and reckoning, nothing that reads or writes; and the
# cache of the portal, to which the same applies.
PURE = {
    "__future__",
    "cachetools",
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

# Folders of templates by the app that owns them; those beside them belong to the whole site.
TEMPLATES = {"candidates": "candidates", "results": "results", "diplomas": "diplomas"}
TEMPLATES["guidance"] = "results"
SHARED_TEMPLATES = {"admin", "includes"}
URL_NAME = re.compile(r"\b(admin|candidates|results|guidance|diplomas):(\w+)")
TEMPLATE_NAME = re.compile(r"\b(candidates|results|guidance|diplomas)/[\w/]+\.(?:html|txt|css)\b")
LINK = re.compile(r"""links\.url\(['"](\w+)|\{%-? link ['"](\w+)""")

CACHE, FOR_CACHE = ROOT / "results_portal/caches.py", {"threading", "weakref"}
RULES = sorted((ROOT / "results/rules").rglob("*.py"))

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


@pytest.mark.parametrize("path", [*RULES, CACHE], ids=named)
def test_the_rules_of_an_exam_import_nothing_that_reads_or_writes(path):
    ours = {"results_portal.caches"} | {named(rule)[:-3].replace("/", ".") for rule in RULES}
    pure = PURE | FOR_CACHE if path == CACHE else PURE
    others = {
        module
        for module in imported_modules(path)
        if module.split(".")[0] not in pure and module not in ours
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


def texts_of_python(app):
    """The strings of each module of an app, with the module."""
    for path in (ROOT / app).rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.value


def texts_of_templates():
    """The text of each template, with its path below templates/."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield path.relative_to(ROOT / "templates"), path.read_text()


def app_of_admin(label, name):
    """The app whose admin shows the model that `name` of an admin URL, or of a folder, begins with;
    that of the label where none does."""
    for model, model_admin in admin.site._registry.items():
        model_name = model._meta.model_name
        if model._meta.app_label == label and f"{name}_".startswith(f"{model_name}_"):
            return type(model_admin).__module__.split(".")[0]
    return label if label in APPS else None


def app_of_template(path):
    """The app that a template belongs to, or None for the whole site."""
    folder = path.parts[0] if len(path.parts) > 1 else ""
    if folder == "admin" and len(path.parts) > 2:
        return app_of_admin(path.parts[1], path.parts[2])
    return TEMPLATES.get(folder)


def apps_named(text):
    """The apps that the names of URLs and templates in `text` belong to, with the names."""
    for match in URL_NAME.finditer(text):
        space, name = match.groups()
        if space == "admin":
            label, _, name = name.partition("_")
            if app := app_of_admin(label, name):
                yield app, match[0]
        else:
            yield TEMPLATES[space], match[0]
    for match in TEMPLATE_NAME.finditer(text):
        yield TEMPLATES[match[1]], match[0]


def above(app, text):
    return {name for named, name in apps_named(text) if APPS.index(named) > APPS.index(app)}


@pytest.mark.parametrize("app", APPS)
def test_no_module_names_a_url_or_a_template_of_an_app_above(app):
    wrong = {(named(path), *above(app, text)) for path, text in texts_of_python(app)}
    assert not {found for found in wrong if len(found) > 1}


def test_no_template_of_an_app_names_a_url_or_a_template_of_an_app_above():
    wrong = {}
    for path, text in texts_of_templates():
        assert len(path.parts) == 1 or path.parts[0] in TEMPLATES.keys() | SHARED_TEMPLATES
        if (app := app_of_template(path)) and (names := above(app, text)):
            wrong[str(path)] = names
    assert not wrong


def test_every_link_to_an_app_above_is_registered():
    texts = [text for _, text in texts_of_templates()]
    texts += [path.read_text() for path in MODULES if path.name != "links.py"]
    asked = {name for text in texts for match in LINK.finditer(text) for name in match.groups()}
    assert asked - {None} == set(links._url_names)


ENGINES = ("results_portal.serving", "results.fast_path")
PLAIN = {"views", "forms", "cookie", "throttle", "entry"}  # read as plain Django


def test_views_forms_identification_and_throttle_know_no_engine():
    wrong = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in MODULES
        if path.stem in PLAIN
        for module in imported_modules(path)
        if module.startswith(ENGINES)
    }
    assert not wrong


def test_the_view_of_a_result_calls_three_rooms_and_no_engine():
    """Identification, the gate, and the page of a result; decorators apart."""
    module = parsed(ROOT / "results/result_page/views.py")
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    called, waiting = set(), ["mine"]
    while waiting:
        body = ast.Module(functions.pop(waiting.pop()).body, [])
        names = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        called |= {imported[name] for name in names & imported.keys()}
        waiting += names & functions.keys()
    ours = {name for name in called if name.split(".")[0] in APPS}
    assert ours == {
        "candidates.identification.cookie",
        "results.gate.lookup",
        "results.result_page.page.page_of",
        "results.result_page.page.wait_of",
    }


def test_only_the_page_of_a_result_and_what_is_registered_lead_to_the_prepared_page():
    leading = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if "fast_path" not in path.parts
        for module in imported_modules(path)
        if module.startswith("results.fast_path")
    }
    assert leading == {"results/result_page/page.py", "results/result_page/registration.py"}


@pytest.mark.long
def test_what_is_switched_off_is_not_even_imported():
    program = (
        "import sys; from results_portal.wsgi import application; from django.test import Client;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "import results.result_page.views, results.lists.views, results.gate.lookup;"
        "print([name for name in sys.modules"
        " if name.startswith(('results.fast_path', 'results_portal.serving'))])"
    )
    environment = os.environ | {"FAST_PATH": "off", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (
        said.stdout.strip() == "['results_portal.serving', 'results_portal.serving.registry']"
        or (said.stdout.strip() == "[]")
    ), said.stderr


def test_every_refusal_for_a_while_says_when_to_come_back():
    """429 is written in one place, which sets Retry-After; the server's answers carry their own."""
    statuses = {
        named(path)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value == 429
    }
    assert statuses == {
        "results/result_page/registration.py",
        "results_portal/serving/header_cache.py",
        "results_portal/web/unavailable.py",
    }


def test_a_class_name_has_one_meaning():
    places = defaultdict(set)
    for path in MODULES:
        if "migrations" not in path.parts and path.parent.name != "commands":  # Django's names
            for node in parsed(path).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].add(named(path))
    assert not {name: found for name, found in places.items() if len(found) > 1}
