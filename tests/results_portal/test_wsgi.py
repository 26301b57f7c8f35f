import io

import pytest
from django.test import RequestFactory

from results_portal.web.handler import Request
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
