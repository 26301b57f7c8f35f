"""What the log says when many requests fail alike, and what it never says."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import OperationalError

from results_portal.logs import report, without_secrets

CODE = "3F9C-1A7E-5B2D-8064-C9E1-F7A3-5D"


@pytest.fixture
def log():
    """Log as the settings say, into a text; return what it has been told."""
    configurator = logging.config.DictConfigurator(settings.LOGGING)
    configured = settings.LOGGING["handlers"]["stderr"]
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    formatter = settings.LOGGING["formatters"][configured["formatter"]]
    handler.setFormatter(configurator.configure_formatter({**formatter}))
    for name in configured["filters"]:
        handler.addFilter(configurator.configure_filter({**settings.LOGGING["filters"][name]}))
    root = logging.getLogger()
    former, root.handlers = root.handlers, [handler]
    yield lambda: said.getvalue().splitlines()
    root.handlers = former


def test_a_wrong_host_is_one_line_a_second_without_a_traceback(client, log):
    for number in range(20):
        assert client.get("/aide/", HTTP_HOST=f"evil{number}.example").status_code == 400
    (line,) = log()
    assert "ERROR django.security.DisallowedHost Invalid HTTP_HOST header: 'evil0.example'" in line


def test_forms_without_their_cookie_are_one_line_a_second(log):
    for _form in range(20):
        logging.getLogger("django.security.csrf").warning("Forbidden (%s): %s", "no", "/adresse/")
    assert len(log()) == 1


def test_errors_of_the_database_are_one_line_a_second_beside_those_of_the_host(client, log):
    for _request in range(5):
        client.get("/aide/", HTTP_HOST="evil.example")
        try:
            raise OperationalError("away")
        except OperationalError:
            logging.getLogger("django.request").exception("Internal Server Error: /")
    assert len(log()) == 2


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"GET /verifier/{CODE}/", "GET /verifier/…/"),
        (f"GET /verifier/{CODE}?x=1", "GET /verifier/…?x=1"),
        ("https://a.fr/courriels/WzEsIm4iXQ:sig/", "https://a.fr/courriels/…/"),
        ("/gestion/compte/invitation/MQ/d6w-ab12/", "/gestion/compte/invitation/MQ/…/"),
        ("/verifier/", "/verifier/"),
        ("/adresse/courriels/", "/adresse/courriels/"),
        ("File /srv/candidates/messages/views.py", "File /srv/candidates/messages/views.py"),
    ],
)
def test_no_code_of_an_address_is_logged(said, logged):
    assert without_secrets(said) == logged


def test_an_error_of_a_page_with_a_code_is_logged_without_it(log):
    try:
        raise ValueError(f"/verifier/{CODE}/")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /verifier/%s/", CODE)
    lines = log()
    assert "Internal Server Error: /verifier/…/" in lines[0]
    assert lines[-1] == "ValueError: /verifier/…/"


def test_a_report_says_no_code_either():
    event = {"request": {"url": f"https://a.fr/verifier/{CODE}/"}, "tags": [f"/verifier/{CODE}"]}
    assert CODE not in str(report(event, None))
