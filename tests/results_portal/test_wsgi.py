import io

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from results_portal.web.handler import Portal, Request
from results_portal.wsgi import application


@pytest.mark.parametrize("charset", ["hex", "rot13", "undefined", "punycode", "utf-16"])
def test_a_request_is_read_as_utf_8_whatever_it_claims(charset):
    environ = RequestFactory()._base_environ(
        QUERY_STRING="page=1",
        REQUEST_METHOD="POST",
        CONTENT_TYPE=f"application/x-www-form-urlencoded; charset={charset}",
        CONTENT_LENGTH="11",
        **{"wsgi.input": io.BytesIO(b"code=%C3%A9")},
    )
    request = application.request_class(environ)
    assert (request.GET["page"], request.POST["code"]) == ("1", "é")
    assert application.request_class is Request


def with_no_length(get_response):
    """Middleware that says of each page that it is empty."""

    def answer(request):
        response = get_response(request)
        response["Content-Length"] = "0"
        return response

    return answer


def test_a_length_that_a_middleware_gets_wrong_is_mended_and_logged(settings, caplog):
    settings.MIDDLEWARE = [f"{__name__}.with_no_length"]
    answer = Portal().get_response(RequestFactory().get("/nulle-part/"))
    assert answer["Content-Length"] == str(len(answer.content)) != "0"
    (record,) = [one for one in caplog.records if one.name == "results_portal.web.handler"]
    assert (record.levelname, record.args) == ("ERROR", (404, "0", answer["Content-Length"]))


def test_the_length_that_head_and_an_unchanged_page_tell_is_that_of_the_page(settings):
    settings.MIDDLEWARE = []
    portal = Portal()
    for method, status in [("HEAD", 200), ("GET", 304)]:
        answer = HttpResponse(status=status, headers={"Content-Length": "4000"})
        portal._middleware_chain = lambda _request, answer=answer: answer
        request = RequestFactory().generic(method, "/")
        assert portal.get_response(request)["Content-Length"] == "4000"
