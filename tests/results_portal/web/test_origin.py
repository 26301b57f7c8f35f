"""Signing out is possible from this site alone."""

import pytest
from django.conf import settings
from django.urls import reverse

pytestmark = pytest.mark.django_db


def sign_out(client, **headers):
    client.cookies[settings.IDENTIFICATION_COOKIE] = "anything"
    return client.post(reverse("results:sign_out"), headers=headers)


def test_another_site_cannot_sign_a_candidate_out(client):
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    ):
        answer = sign_out(client, **headers)
        assert answer.status_code == 403
        assert settings.IDENTIFICATION_COOKIE not in answer.cookies


def test_a_candidate_signs_out_with_any_browser(client):
    for headers in (
        {},
        {"origin": "http://testserver", "sec-fetch-site": "same-origin"},
        {"origin": "http://testserver"},
    ):
        answer = sign_out(client, **headers)
        assert answer.status_code == 302
        assert answer.cookies[settings.IDENTIFICATION_COOKIE].value == ""
