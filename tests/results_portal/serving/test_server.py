"""The RSGI server gives the portal the same requests and responses as Granian's WSGI."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from results_portal.serving.micro_cache import REQUEST_KEY
from results_portal.serving.server import environ_of, request_key_of
from tests.echo_site import PIECE, PIECES
from tests.granian import ask, serving

FORM = ("Content-Type", "application/x-www-form-urlencoded")
REQUESTS = {
    "plain": ("/", "GET"),
    "accents": ("/a%20b/%C3%A9%2Fx/%25/?q=%C3%A9&x=a+b", "GET"),
    "head": ("/", "HEAD"),
    "short head": ("/short/", "HEAD"),
    "cookies and proxies": (
        "/",
        "GET",
        None,
        [
            ("Cookie", "a=b; c=d"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("X-Forwarded-For", "5.6.7.8"),
            ("X-Forwarded-Proto", "https"),
            ("If-None-Match", 'W/"e"'),
        ],
    ),
    "short form": ("/short/", "POST", b"q=1&p=%C3%A9", [FORM]),
    "empty form": ("/short/", "POST", b"", [FORM]),
    "form": ("/?x", "POST", b"q=1", [FORM]),
    "short page, long form": ("/short/", "POST", b"q" * 100_000, [FORM]),
    "upload": ("/", "POST", b"\x00\xff" * 2_000_000, [("Content-Type", "text/csv")]),
    "upload of unknown length": (
        "/short/",
        "POST",
        [b"abc", b"def" * 100_000],
        [("Transfer-Encoding", "chunked")],
    ),
    "other method": ("/short/", "DELETE"),
}


@pytest.fixture(scope="module")
def ports():
    with (
        serving("tests.echo_site:wsgi", "wsgi") as wsgi,
        serving("tests.echo_site:rsgi", "rsgi") as rsgi,
    ):
        yield wsgi, rsgi


def told(port, request):
    status, headers, body = ask(port, *request)
    headers = [header for header in headers if header[0] not in {"date", "content-length"}]
    if body:
        environ, *sent = json.loads(body)
        environ["HTTP_HOST"] = environ["HTTP_HOST"].replace(str(port), "PORT")
        environ["SERVER_PORT"] = environ["SERVER_PORT"].replace(str(port), "PORT")
        body = environ, sent
    return status, headers, body


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_read_and_answered_as_under_wsgi(ports, request_):
    wsgi, rsgi = (told(port, request_) for port in ports)
    assert rsgi == wsgi


def test_no_header_is_taken_for_another_one_nor_an_address_for_what_it_is_not(ports):
    odd = [("If-None-Match", b"\xe9"), ("X_Forwarded_For", "9.9.9.9")]
    _status, _headers, (environ, _sent) = told(ports[1], ("/%E9/", "GET", None, odd))
    assert environ["PATH_INFO"] == "/\ufffd/".encode().decode("latin-1")
    assert not {"HTTP_IF_NONE_MATCH", "HTTP_X_FORWARDED_FOR"} & environ.keys()


def test_a_body_too_large_for_any_form_is_refused_before_it_fills_the_disk(ports):
    pieces = [b"x" * (1 << 20)] * 60
    chunked = [("Transfer-Encoding", "chunked")]
    try:
        status = ask(ports[1], "/", "POST", pieces, chunked)[0]
    except OSError:  # the server hung up while it was still being sent to
        status = 413
    assert status == 413
    assert ask(ports[1], "/gestion/", "POST", pieces, chunked)[0] == 200


def test_a_long_answer_arrives_whole(ports):
    status, _headers, body = ask(ports[1], "/pieces/")
    assert status == 200
    assert body == PIECE * PIECES


def test_a_shared_page_is_rendered_once_for_all_concurrent_requests(ports):
    with ThreadPoolExecutor(40) as visitors:
        answers = list(visitors.map(lambda _visit: ask(ports[1], "/shared/")[2], range(40)))
    assert answers == [b"1"] * 40


def test_a_page_is_refreshed_once_while_others_still_get_the_former_one(ports):
    assert ask(ports[1], "/refreshed/")[2] == b"1"
    with ThreadPoolExecutor(40) as visitors:
        answers = list(visitors.map(lambda _visit: ask(ports[1], "/refreshed/")[2], range(40)))
    assert answers.count(b"1") > 1
    deadline = time.monotonic() + 20  # a third of what the former page would be kept for
    while (answer := ask(ports[1], "/refreshed/")[2]) == b"1" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer == b"2"
    assert {*answers} <= {b"1", b"2"}


def test_a_slow_request_keeps_no_other_waiting(ports):
    with ThreadPoolExecutor() as visitors:
        slow = [visitors.submit(ask, ports[1], "/slow/") for _visit in range(8)]
        time.sleep(0.5)
        began = time.monotonic()
        assert [ask(ports[1], "/short/")[0] for _visit in range(20)] == [200] * 20
        assert not any(visit.done() for visit in slow), time.monotonic() - began
        assert [visit.result()[0] for visit in slow] == [200] * 8


def test_the_cache_key_is_read_from_the_headers_that_the_page_depends_on():
    headers = {name: f"what {name} says" for name in ("host", "cookie", "accept-language")}
    scope = SimpleNamespace(
        method="GET",
        path="/listes/é/",
        query_string="page=2",
        scheme="https",
        http_version="1.1",
        server="127.0.0.1:80",
        client="127.0.0.1:4000",
        authority=None,
        headers=headers,
    )
    assert request_key_of(scope) == tuple(map(environ_of(scope).get, REQUEST_KEY))
    assert {*headers.values(), "page=2", "https"} <= {*request_key_of(scope)}
