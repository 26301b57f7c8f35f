"""What makes the tests strict is at work itself."""

from contextlib import nullcontext

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory

from candidates.models import Candidate
from tests.strictness import (
    EmptyLinkError,
    FailOnUndefined,
    OfficeLoginError,
    keep_visitors_from_the_office,
    refuse_empty_links,
)


def page(html):
    return refuse_empty_links(lambda _request: HttpResponse(html))(RequestFactory().get("/"))


def test_a_page_with_an_empty_link_is_refused_unless_it_is_named_as_meant():
    with pytest.raises(EmptyLinkError, match="Modifier"):
        page('<a class="fr-btn" href="">Modifier</a>')
    assert page('<a href="">Actualiser la page</a> <a href="/">Accueil</a>').status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "refused"), [("/adresse/", True), ("/gestion/", False)])
def test_a_page_of_visitors_that_asks_with_the_office_s_login_is_refused(path, refused):
    page = keep_visitors_from_the_office(lambda _request: Candidate.objects.exists())
    with pytest.raises(OfficeLoginError) if refused else nullcontext():
        page(RequestFactory().get(path))


def test_django_asks_what_to_show_for_a_variable_that_nobody_gave():
    assert engines["django"].engine.string_if_invalid
    assert isinstance(engines["django"].engine.string_if_invalid, FailOnUndefined)
