"""The picture to share: it says that one has passed, and nothing that tells who."""

import io
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from candidates.identification import cookie
from results.lists import card
from results.publication import release
from tests import factories

pytestmark = pytest.mark.django_db

CARD = reverse("results:card", kwargs={"session": "BTS-2026", "speciality": "MINI"})


def opened(people):
    release.schedule(people["admitted"].session)


def result_page(client, entry):
    signed = cookie.remember(HttpResponse(), factories.visit(entry)).cookies
    client.cookies.update(signed)
    return client.get(reverse("results:mine")).content.decode()


def test_who_passed_may_share_a_square_picture_that_anybody_may_open(client, deliberated_people):
    opened(deliberated_people)
    assert CARD in result_page(client, deliberated_people["admitted"])
    client.cookies.clear()
    answer = client.get(CARD)
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (card.SIDE, card.SIDE)
    assert not answer.cookies


@pytest.mark.parametrize("who", ["control", "refused", "absent", "withheld"])
def test_nobody_else_is_offered_it(client, deliberated_people, who):
    opened(deliberated_people)
    assert CARD not in result_page(client, deliberated_people[who])


def test_before_the_hour_there_is_none(client, deliberated_people):
    release.schedule(deliberated_people["admitted"].session, at=timezone.now() + timedelta(hours=2))
    assert client.get(CARD).status_code == 404


def test_the_picture_speaks_the_language_of_the_page(client, deliberated_people):
    opened(deliberated_people)
    french = client.get(CARD).content
    english = client.get(CARD, headers={"accept-language": "en"}).content
    assert french != english


@pytest.mark.parametrize("label", ["A", "Une spécialité " * 12, "X" * 70, ""])
def test_any_label_fits_in_the_picture(label):
    picture = Image.open(io.BytesIO(card.card(session="BTS, session 2026", speciality=label)))
    ground = picture.convert("RGB").getpixel((card.SIDE - 2, 5))
    edge = picture.convert("RGB").crop((card.SIDE - 8, 0, card.SIDE, card.SIDE))
    assert {colour for _count, colour in edge.getcolors()} == {ground}
