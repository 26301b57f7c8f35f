"""Rules for every HTML page."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

INLINE = re.compile(r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|javascript:")
NOT_PAGES = {"pdf", "mail"}  # paper and e-mails carry their style with them


def page_templates():
    root = Path(settings.BASE_DIR, "templates")
    every = sorted(root.rglob("*.html"))
    return [path for path in every if not NOT_PAGES & set(path.parts)]


def test_no_page_has_an_inline_script_or_style():
    found = [path.name for path in page_templates() if INLINE.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_a_failure_page_needs_no_request_no_database_and_no_built_file(name):
    source = Path(settings.BASE_DIR, "templates", name).read_text()
    assert get_template(name).render({"seconds": "{{ seconds }}"}) == source
    assert "built/" not in source
    assert 'lang="fr"' in source
    assert 'lang="en"' in source
