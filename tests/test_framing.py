"""Of two answers on one connection, each begins where the other ends: in each mode of serving."""

import contextlib
import urllib.parse

import pytest

from candidates.identification.throttle import PERSON_FROM_BLOCK
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories
from tests.granian import ask, one_connection, portal
from tests.results.fast_path.rush import FORM, LOOKUP, guess, identified, typed

pytestmark = [pytest.mark.long, pytest.mark.slow]

MINE, LIST = "/resultats/mon-resultat/", "/listes/BTS-2026/MINI/"
FAULTY = "tests.faulty.settings"
TOO_LARGE = b"x" * (51 << 20)


def sent(entry, code=factories.CODE):
    return urllib.parse.urlencode(typed(entry, code)).encode()


def questions(port, cookie, known, guessed):
    """Some of each status: the status, and what `one_connection` asks."""
    ours = [FORM, ("Origin", f"http://127.0.0.1:{port}")]
    yield 200, "/"
    yield 200, LOOKUP
    yield 200, LOOKUP, "POST", b"number=1", ours
    yield 200, MINE, "GET", b"", [("Cookie", cookie)]
    yield 200, LIST
    yield 200, "/static/css/error.css"
    yield 200, "/resultats/mon-resultat/releve.pdf", "GET", b"", [("Cookie", cookie)]
    for page in ("/", LOOKUP, LIST, "/healthz", "/static/css/error.css"):
        yield 200, page, "HEAD"
    yield 200, MINE, "HEAD", b"", [("Cookie", cookie)]
    yield 200, "/longueur-fausse/"
    yield 200, "/longueur-fausse/", "HEAD"
    yield 200, "/trop-long/"
    yield 204, "/rien/"
    yield 302, MINE
    yield 302, LOOKUP, "POST", sent(known), ours
    yield 400, "/", "GET", b"", [("Host", "ailleurs.example")]
    yield 400, "/gestion/?q=%00"
    yield 403, LOOKUP, "POST", sent(known), [FORM, ("Origin", "http://ailleurs.example")]
    yield 403, "/adresse/", "POST", b"", ours
    yield 404, "/nulle-part/"
    yield 404, "/nulle-part/", "HEAD"
    yield 405, "/resultats/quitter/"
    yield 405, "/resultats/quitter/", "HEAD"
    yield 405, LOOKUP, "DELETE"
    yield 405, "/", "OPTIONS"
    yield 405, "/", "TRACE"
    yield 429, LOOKUP, "POST", sent(guessed, "ZZZZZZZZ2"), ours
    yield 500, "/en-panne/"
    yield 503, "/sans-base/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fast_path", ["on", "prepared", "off"])
def test_two_answers_on_one_connection_are_told_apart_whatever_their_status(fast_path):
    known, guessed = factories.cast()["admitted"], factories.entry(marks=factories.ADMITTED)
    deliberate(known.session)
    release.schedule(known.session)
    with portal(fast_path, DJANGO_SETTINGS_MODULE=FAULTY) as port:
        for _guess in range(PERSON_FROM_BLOCK.failures):
            guess(port, guessed, "ZZZZZZZZ2")
        cookie = identified(port, known)
        wrong = []
        for encoding in ("identity", "gzip"):
            for status, path, *question in questions(port, cookie, known, guessed):
                method, body, headers = [*question, *("GET", b"", [])[len(question) :]]
                asked = path, method, body, [*headers, ("Accept-Encoding", encoding)]
                seen = answers(port, asked)
                if seen != [status, status, b"ok\n"]:
                    wrong.append((encoding, method, path, seen))
        assert wrong == []
        assert unchanged(port) == [304, 304, 200]
        assert too_large(port) == 413
        strange = [("Cookie", f"x=\xe9; {cookie}")]  # of another site: the server drops the header
        status, headers, _page = ask(port, MINE, headers=strange)
        assert (status, dict(headers)["location"]) == (302, f"{LOOKUP}?visite=illisible")


def answers(port, asked):
    """The statuses of two answers to a question, and the body of the next one; or what broke."""
    with one_connection(port) as ask_again:
        try:
            return [ask_again(*asked)[0], ask_again(*asked)[0], ask_again("/healthz")[2]]
        except (ValueError, OSError) as broken:
            return [repr(broken)]


def unchanged(port):
    with one_connection(port) as ask_again:
        etag = dict(ask_again(LIST)[1])["etag"]
        known = [("If-None-Match", etag)]
        return [ask_again(LIST, "GET", b"", headers)[0] for headers in (known, known, [])]


def too_large(port):
    """The status of what is refused before it is read; then comes a right answer, or nothing."""
    with one_connection(port) as ask_again:
        status, _headers, _body = ask_again("/nulle-part/", "POST", TOO_LARGE)
        with contextlib.suppress(ConnectionError):
            assert ask_again("/healthz")[0] == 200
        return status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fast_path", ["on", "prepared"])
def test_a_page_that_says_a_wrong_length_arrives_whole_and_the_fault_is_logged(fast_path, capfd):
    with (
        portal(fast_path, DJANGO_SETTINGS_MODULE=FAULTY) as port,
        one_connection(port) as ask_again,
    ):
        headers, body = ask_again("/longueur-fausse/")[1:]
    assert (dict(headers)["content-length"], body) == ("5", b"wrong")
    assert "A response of status 200 said 0 bytes and has 5." in capfd.readouterr().err
