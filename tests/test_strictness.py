"""What makes the tests strict is at work itself."""

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory

from tests.strictness import EmptyLinkError, FailOnUndefined, refuse_empty_links


def page(html):
    return refuse_empty_links(lambda _request: HttpResponse(html))(RequestFactory().get("/"))


def test_a_page_with_an_empty_link_is_refused_unless_it_is_named_as_meant():
    with pytest.raises(EmptyLinkError, match="Modifier"):
        page('<a class="fr-btn" href="">Modifier</a>')
    assert page('<a href="">Actualiser la page</a> <a href="/">Accueil</a>').status_code == 200


def test_django_asks_what_to_show_for_a_variable_that_nobody_gave():
    assert engines["django"].engine.string_if_invalid
    assert isinstance(engines["django"].engine.string_if_invalid, FailOnUndefined)
