"""Rules for every HTML page."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from candidates.civil_status.proofs import LARGEST

INLINE = re.compile(r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:")
TAG = re.compile(r"{[{%].*?[%}]}")
BLOCK, ENDBLOCK = re.compile(r"{% block \w+ %}"), re.compile(r"{% endblock( \w+)? %}")
NAMED = re.compile(r"\bas (\w+)\s*%}$")
QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
VARIABLE = re.compile(r"(?<![.|\w])[a-z_]\w*\b(?!=)")
NOT_PAGES = {"pdf", "mail"}  # paper and e-mails carry their style with them


def page_templates():
    root = Path(settings.BASE_DIR, "templates")
    every = sorted(root.rglob("*.html"))
    return [path for path in every if not NOT_PAGES & set(path.parts)]


def test_no_page_has_an_inline_script_or_style():
    found = [path.name for path in page_templates() if INLINE.search(path.read_text())]
    assert found == []


def used_outside_its_block(source):
    """The variables that one block of a template names, and another uses: there they are empty."""
    named = {found[1] for tag in TAG.findall(source) if (found := NAMED.search(tag))}
    scopes, found = [set()], set()
    for tag in TAG.findall(source):
        if BLOCK.match(tag):
            scopes.append(set())
        elif ENDBLOCK.match(tag):
            scopes.pop()
        elif name := NAMED.search(tag):
            scopes[-1].add(name[1])
        else:
            used = named & set(VARIABLE.findall(QUOTED.sub("", tag)))
            found |= used - set().union(*scopes)
    return found


def test_a_name_given_in_one_block_is_seen_to_be_unknown_in_another():
    source = "{% block a %}{% url 'x' as way %}{{ way }}{% endblock a %}{% block b %}{{ way }}"
    assert used_outside_its_block(source) == {"way"}
    assert used_outside_its_block(source.removesuffix("{{ way }}")) == set()


@pytest.mark.parametrize("path", page_templates(), ids=lambda path: path.name)
def test_no_block_uses_a_variable_that_another_block_names(path):
    assert used_outside_its_block(path.read_text()) == set()


def test_what_is_too_long_is_told_the_size_that_fits_in_both_languages():
    page, most = get_template("413.html").render(), LARGEST >> 20
    assert (f"{most} Mo au plus" in page, f"{most} MB at the most" in page) == (True, True)


@pytest.mark.parametrize("name", ["413.html", "500.html", "503.html"])
def test_a_failure_page_needs_no_request_no_database_and_no_built_file(name):
    source = Path(settings.BASE_DIR, "templates", name).read_text()
    assert get_template(name).render({"seconds": "{{ seconds }}"}) == source
    assert "built/" not in source
    assert 'lang="fr"' in source
    assert 'lang="en"' in source
