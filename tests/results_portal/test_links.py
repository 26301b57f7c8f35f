from uuid import UUID

import pytest
from django.template import Context, Template

from results.document import verification_code
from results_portal import links


def test_a_link_leads_to_the_page_registered_for_it(monkeypatch):
    monkeypatch.setattr(links, "_url_names", {})
    links.register("steps", "admin:index")
    links.register("entry", "admin:candidates_entry_change")
    assert links.url("steps") == "/gestion/"
    assert links.url("entry", 7) == "/gestion/candidates/entry/7/change/"


@pytest.mark.parametrize(("https", "address"), [(True, "https"), (False, "http")])
def test_paper_leads_to_the_portal_that_runs(settings, https, address):
    settings.OFFICE_SITE, settings.HTTPS = "127.0.0.1:8000", https
    assert links.site() == f"{address}://127.0.0.1:8000"
    code = UUID("8820e3bd-fd06-49f6-9272-324860831ef2")
    assert verification_code.address(code).startswith(f"{address}://127.0.0.1:8000/verifier/")


def test_there_is_no_link_where_no_app_has_the_page(monkeypatch):
    monkeypatch.setattr(links, "_url_names", {})
    page = "{% load links %}{% link 'steps' as address %}{% if address %}here{% endif %}"
    assert Template(page).render(Context()) == ""
    assert links.url("steps") == ""
