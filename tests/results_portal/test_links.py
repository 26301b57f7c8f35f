from django.template import Context, Template

from results_portal import links


def test_a_link_leads_to_the_page_registered_for_it(monkeypatch):
    monkeypatch.setattr(links, "_url_names", {})
    links.register("steps", "admin:index")
    links.register("entry", "admin:candidates_entry_change")
    assert links.url("steps") == "/gestion/"
    assert links.url("entry", 7) == "/gestion/candidates/entry/7/change/"


def test_there_is_no_link_where_no_app_has_the_page(monkeypatch):
    monkeypatch.setattr(links, "_url_names", {})
    page = "{% load links %}{% link 'steps' as address %}{% if address %}here{% endif %}"
    assert Template(page).render(Context()) == ""
    assert links.url("steps") == ""
