"""Whoever prefers English reads English: every French text has its translation."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("results_portal", "candidates", "results", "diplomas", "templates", "locale")
CATALOGUE = "locale/en/LC_MESSAGES/django.po"

# Shown whatever the reader's language: official documents, and pages that speak both.
IN_FRENCH = {"413.html", "500.html", "503.html", "admin/500.html"}
TRANSLATED = re.compile(
    r"\{% blocktranslate\b.*?\{% endblocktranslate %\}"
    r"|\{% translate .*?%\}|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}",
    re.DOTALL,
)
CODE = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
STRING = re.compile(r'"([^"]*)"')
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:alt|aria-label|label|placeholder|title)="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[^\W\d_]*[a-zà-ÿ]{2,}")  # neither an acronym nor a unit
FRENCH = re.compile(r"[À-ÿ’«]|\b(?:les?|la|des?|du|un|une|et|ou|pour|par|pas|est|vous|votre)\b")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """The English catalogue as it would be brought up to date with the sources of now."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale=en", "--no-wrap"],
        cwd=copy,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return copy / CATALOGUE


FALLING = re.compile(r"msgid.*(?:\w [;:!?»]|« )")


def messages(catalogue, which):
    """The French of the messages of a catalogue that msgattrib's option `which` keeps."""
    kept = subprocess.run(
        ["msgattrib", which, "--no-obsolete", "--no-wrap", "--no-location", catalogue],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in kept.stdout.splitlines()[2:] if re.match(r'msgid ".', line)]


def test_every_text_is_translated_into_english(catalogue):
    assert messages(catalogue, "--untranslated") == []


def test_no_translation_is_a_guess(catalogue):
    assert messages(catalogue, "--only-fuzzy") == []


def test_no_french_punctuation_falls_to_the_next_line(catalogue):
    """A no-break space stands before ; : ! ? » and after «, on pages, not in a terminal."""
    shown = catalogue.read_text().split("\n\n")
    pages = [entry for entry in shown if "#: templates/" in entry]
    assert [entry for entry in pages if FALLING.search(entry)] == []


def test_a_missing_translation_would_be_seen(catalogue, tmp_path):
    source = catalogue.read_text()
    lacking = tmp_path / "lacking.po"
    lacking.write_text(re.sub(r'\nmsgstr "My result"\n', '\nmsgstr ""\n', source))
    assert 'msgid "Mon résultat"' not in messages(catalogue, "--untranslated")
    assert 'msgid "Mon résultat"' in messages(lacking, "--untranslated")


def test_every_translation_fills_the_same_blanks(catalogue, tmp_path):
    checked = subprocess.run(
        ["msgfmt", "--check-format", f"--output-file={tmp_path / 'django.mo'}", catalogue],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def literals(source):
    """The words that a template shows as they stand, whatever the language of the reader."""
    source = TRANSLATED.sub("", source)
    strings = [text for code in CODE.findall(source) for text in STRING.findall(code)]
    markup = CODE.sub(" ", source)
    spoken = SPOKEN_ATTRIBUTE.findall(markup) + TAG.sub("\n", markup).split("\n")
    found = [text.strip() for text in spoken if WORD.search(text)]
    return found + [text for text in strings if FRENCH.search(text)]


def page_templates():
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if "pdf" not in path.parts and path.name not in IN_FRENCH:
            yield path


def test_no_page_shows_words_that_cannot_be_translated():
    found = {path.name: literals(path.read_text()) for path in page_templates()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Bonjour</p>",
        '<nav aria-label="Menu principal"></nav>',
        '{% include "a.html" with label="Où retirer le diplôme" %}',
        '{{ name|default:"pas de nom" }}',
        "<p>{% translate 'Un' %} jour</p>",
    ],
)
def test_words_left_out_of_translation_would_be_seen(source):
    assert literals(source)
