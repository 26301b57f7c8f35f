"""The portal's own way of being served hears and says what Granian's WSGI does."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from results_portal.serving.environ import cache_key_of, environ_of, path_of
from results_portal.serving.portal import cache_key
from tests.echo_site import PIECE, PIECES
from tests.granian import ask, one_connection, serving

pytestmark = pytest.mark.long

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
    "a cookie with an accent": ("/", "GET", None, [("Cookie", "a=\xe9; c=d")]),
    "short form": ("/short/", "POST", b"q=1&p=%C3%A9", [FORM]),
    "empty form": ("/short/", "POST", b"", [FORM]),
    "form": ("/?x", "POST", b"q=1", [FORM]),
    "short page, long form": ("/short/", "POST", b"q" * 100_000, [FORM]),
    "upload": ("/files/", "POST", b"\x00\xff" * 2_000_000, [("Content-Type", "text/csv")]),
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
    database = {"DATABASE_URL": os.environ["DATABASE_URL"]}
    with (
        serving("tests.echo_site:wsgi", "wsgi", **database) as wsgi,
        serving("tests.echo_site:rsgi", "rsgi", **database) as rsgi,
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
def test_a_request_is_heard_and_answered_as_under_wsgi(ports, request_):
    wsgi, rsgi = (told(port, request_) for port in ports)
    assert rsgi == wsgi


def test_no_header_is_taken_for_another_one_nor_an_address_for_what_it_is_not(ports):
    odd = [("If-None-Match", b"\xe9"), ("X_Forwarded_For", "9.9.9.9")]
    _status, _headers, (environ, _sent) = told(ports[1], ("/%E9/", "GET", None, odd))
    assert environ["PATH_INFO"] == "/\ufffd/".encode().decode("latin-1")
    assert not {"HTTP_IF_NONE_MATCH", "HTTP_X_FORWARDED_FOR"} & environ.keys()


@pytest.mark.parametrize("path", ["/", "/gestion/", "/gestion/nothing/", "/short/"])
@pytest.mark.parametrize("headers", [[("Transfer-Encoding", "chunked")], []], ids=["chunked", ""])
def test_a_page_that_takes_no_files_takes_a_megabyte_from_anybody(ports, path, headers):
    def status(megabytes):
        body = [b"x" * (1 << 20)] * megabytes
        try:
            return ask(ports[1], path, "POST", body if headers else b"".join(body), headers)[0]
        except OSError:  # the server hung up while it was still being sent to
            return 413

    assert [status(1), status(2)] == [200, 413]


def test_a_page_that_takes_files_takes_more(ports):
    pieces = [b"x" * (1 << 20)] * 40
    assert ask(ports[1], "/files/", "POST", pieces, [("Transfer-Encoding", "chunked")])[0] == 200


def test_a_long_answer_arrives_whole(ports):
    status, _headers, body = ask(ports[1], "/pieces/")
    assert status == 200
    assert body == PIECE * PIECES


def test_a_length_that_is_not_that_of_the_body_is_mended_before_it_leaves(ports):
    with one_connection(ports[1]) as ask_again:
        for _visit in range(2):
            status, headers, body = ask_again("/wrong-length/")
            assert (status, dict(headers)["content-length"], body) == (200, "5", b"wrong")


def test_a_page_that_many_share_is_made_once_for_all_who_come_meanwhile(ports):
    with ThreadPoolExecutor(40) as visitors:
        answers = list(visitors.map(lambda _visit: ask(ports[1], "/shared/")[2], range(40)))
    assert answers == [b"1"] * 40


@pytest.mark.slow
def test_a_shared_page_is_renewed_by_one_visit_while_others_get_the_copy(ports):
    first = int(ask(ports[1], "/shared/")[2])
    seen = set()
    deadline = time.monotonic() + 20
    with ThreadPoolExecutor(20) as visitors:
        while time.monotonic() < deadline and max(seen, default=0) < first + 3:
            made = visitors.map(lambda _visit: int(ask(ports[1], "/shared/")[2]), range(20))
            seen.update(made)
    assert max(seen) >= first + 3  # and the site refuses to make two at a time


def test_what_takes_long_keeps_nobody_waiting(ports):
    with ThreadPoolExecutor() as visitors:
        slow = [visitors.submit(ask, ports[1], "/slow/") for _visit in range(4)]
        time.sleep(0.3)
        assert [ask(ports[1], "/healthz")[0] for _visit in range(20)] == [200] * 20
        assert not any(visit.done() for visit in slow)
        assert [visit.result()[0] for visit in slow] == [200] * 4


@pytest.mark.slow
def test_whoever_waits_too_long_for_a_thread_is_asked_to_come_back(ports):
    with ThreadPoolExecutor(16) as visitors:
        slow = [visitors.submit(ask, ports[1], "/slow/") for _visit in range(16)]
        answers = [visit.result() for visit in slow]
    statuses = [status for status, _headers, _body in answers]
    assert sorted({*statuses}) == [200, 503]
    assert statuses.count(200) <= 8  # four at a time, for as long as one may wait
    (late, *_others) = [headers for status, headers, _body in answers if status == 503]
    assert 2 <= int(dict(late)["retry-after"]) <= 10


@pytest.mark.slow
def test_files_that_take_long_keep_no_visitor_waiting(ports):
    with ThreadPoolExecutor(8) as visitors:
        asked = ports[1], "/files/?slow", "POST", b"a file"
        slow = [visitors.submit(ask, *asked) for _visit in range(4)]
        time.sleep(0.3)
        assert [ask(ports[1], path)[0] for path in ("/files/", "/page/")] == [200] * 2
        assert not any(visit.done() for visit in slow)
        assert [visit.result()[0] for visit in slow] == [200] * 4


@pytest.mark.slow
def test_the_staff_wait_for_as_long_as_it_takes_and_in_threads_of_their_own(ports):
    with ThreadPoolExecutor(16) as visitors:
        slow = [visitors.submit(ask, ports[1], "/slow/") for _visit in range(8)]
        time.sleep(0.2)
        assert ask(ports[1], "/gestion/")[0] == 200
        assert not any(visit.done() for visit in slow)
        for visit in slow:
            visit.result()


def test_the_key_of_a_shared_page_is_that_of_what_wsgi_tells():
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
    line = path_of(scope), scope.query_string
    key = cache_key_of(scope, *line)
    assert key == cache_key(environ_of(scope, *line))
    assert {*headers.values(), "page=2", "https"} <= {*key}
