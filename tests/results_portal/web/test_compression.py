"""Pages are compressed, except where their length could reveal a secret."""

import gzip

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from results_portal.web.compression import CompressionMiddleware

PAGE = "<p>Résultats</p>" * 100
ROOT = "/resultats/mon-resultat/"


def answer(path=ROOT, *, page=PAGE, method="GET", identified=False, accepts="gzip, br", **headers):
    request = RequestFactory().generic(method, path, headers={"Accept-Encoding": accepts})
    if identified:
        request.COOKIES[settings.IDENTIFICATION_COOKIE] = "1:signature"
    return CompressionMiddleware(lambda _: HttpResponse(page, headers=headers))(request)


def test_a_result_page_arrives_compressed_and_whole():
    response = answer(identified=True)
    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Length"] == str(len(response.content))
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content).decode() == PAGE
    assert len(response.content) < len(PAGE) / 5


@pytest.mark.parametrize("accepts", ["", "br", "identity", "gzip;q=0", "br, gzip; q=0.0"])
def test_a_browser_that_does_not_read_gzip_gets_the_page_as_it_is(accepts):
    response = answer(accepts=accepts)
    assert "Content-Encoding" not in response
    assert response["Vary"] == "Accept-Encoding"
    assert response.content.decode() == PAGE


@pytest.mark.parametrize(
    "request_", [{"path": f"{ROOT}?q=12,50"}, {"method": "POST"}], ids=["query", "body"]
)
def test_a_candidates_page_that_may_repeat_a_third_partys_text_is_not_compressed(
    request_,
):
    assert "Content-Encoding" not in answer(identified=True, **request_)
    assert answer(identified=False, **request_)["Content-Encoding"] == "gzip"


def test_no_page_of_the_staff_is_compressed():
    assert "Content-Encoding" not in answer(f"{settings.STAFF_PREFIX}candidates/entry/?q=caron")
    assert "Content-Encoding" not in answer(settings.STAFF_PREFIX)


def test_other_responses_and_compressed_ones_are_left_alone():
    assert answer(page="<p>Bref</p>").content == b"<p>Bref</p>"
    assert answer(**{"Content-Type": "application/pdf"}).content.decode() == PAGE
    assert answer(**{"Content-Encoding": "br"})["Content-Encoding"] == "br"


def test_a_compressed_page_is_not_byte_for_byte_the_one_of_its_etag():
    assert answer(**{"ETag": '"5"'})["ETag"] == 'W/"5"'


@pytest.mark.django_db
def test_the_portal_compresses_its_pages(client):
    response = client.get("/resultats/", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert b"access_code" in gzip.decompress(response.content)
