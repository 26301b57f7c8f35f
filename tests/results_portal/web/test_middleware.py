import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from candidates.identification import drafts
from results_portal.web.middleware import CONTENT_SECURITY_POLICY

STAFF_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}
INLINE = re.compile(rb"<script(?![^>]*\bsrc=)(?![^>]*json)|<style|\sstyle=|\son\w+=|javascript:")


@pytest.fixture
def officer(db):
    return User.objects.create_superuser("agent", "agent@examens.invalid", "a long password")


def test_every_page_forbids_what_does_not_come_from_this_site(client):
    headers = client.get("/healthz").headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_a_public_page_knows_no_session_and_no_user(client):
    request = client.get("/").wsgi_request
    assert not hasattr(request, "session")
    assert not hasattr(request, "user")
    assert not STAFF_COOKIES & set(client.cookies)


@pytest.mark.django_db
def test_staff_sign_in_and_their_session_stays_on_staff_pages(client, officer):
    given = {"login": "agent", "password": "a long password"}
    response = client.post("/gestion/login/?next=/gestion/", given)
    assert response.status_code == 302
    assert response.wsgi_request.user == officer
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["path"], session["secure"]) == ("/gestion/", True)


def test_no_other_site_of_the_domain_can_set_our_cookies():
    names = {
        settings.CSRF_COOKIE_NAME: "__Host-",
        settings.IDENTIFICATION_COOKIE: "__Host-",
        settings.KNOWN_BROWSER_COOKIE: "__Secure-",
        settings.SESSION_COOKIE_NAME: "__Secure-",
        **dict.fromkeys(drafts.names(), "__Secure-"),
    }
    assert all(name.startswith(prefix) for name, prefix in names.items())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/gestion/", "/gestion/auth/user/", "/gestion/auth/user/add/", "/gestion/login/"]
)
def test_staff_pages_need_no_inline_script_or_style(client, officer, path):
    if "login" not in path:
        client.force_login(officer)
    response = client.get(path)
    assert response.status_code == 200
    assert not INLINE.findall(response.content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/gestion/candidates/school/?sector__exact=%00",
        "/gestion/candidates/school/%00/change/",
        "/gestion/diplomas/diploma/?state__exact=D%00",
    ],
)
def test_a_null_character_in_an_address_is_a_request_not_understood(client, officer, address):
    client.force_login(officer)
    answer = client.get(address)
    assert answer.status_code == 400
    assert "n’a pas été comprise" in answer.content.decode()
