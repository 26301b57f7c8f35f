"""A search shows what the template shows, and finds what looking at each line finds."""

import random

import pytest
from django.test import RequestFactory
from django.utils import translation

from results.lists import lists, pages
from results.lists.names import Names
from results_portal import caches

LISTED = lists.OpenList(1, 1, None, "BTS-2026", "BTS", "MINI", "Mini", "1:0")
PLACES = ["Lycée « du Nord »", "Lycée d’Évry & du Sud", ""]


def row(number, family_name, given_names):
    search_key = f"{family_name} {given_names}".upper()
    name = f"{family_name} {given_names} <{number}>"
    return f"{family_name}\x1f{given_names}\x1f{name}", name, search_key, PLACES[number % 3]


@pytest.fixture(scope="module")
def rows():
    draw = random.Random(7)
    families = ["MARTIN", "MARTINEZ", "DA COSTA", "ABEL", "ZOLA", "ÑANDU", "12"]
    given = ["LEA", "LEO", "MARTIN", "ANNA MARIE", "ÎLE"]
    made = [row(n, draw.choice(families), draw.choice(given)) for n in range(1000)]
    return draw.sample(made, 1000)


@pytest.mark.parametrize("letter", ["", "A", "M", "B", "Z"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "words",
    ["", "martin", "mart lea", "a", "ANNA MARIE", "x", "12", "n da", "!", "zola martin leo"],
)
def test_what_is_found_is_what_every_line_tells(rows, words, letter, place):
    def holds(key, search_key, where):
        asked = words.upper().replace("!", "\0").split()
        return (
            all(word in search_key for word in asked)
            and key.startswith(letter)
            and (not place or where == place)
        )

    names = Names(rows)
    expected = [name for key, name, search, where in sorted(rows) if holds(key, search, where)]
    for _again in range(2):  # the second time from memory
        assert names.at(names.found(words=words, letter=letter, place=place)) == expected


def test_what_searches_found_is_kept_within_bounds(rows, monkeypatch):
    monkeypatch.setattr("results.lists.names._MOST_REMEMBERED", 2000)
    names = Names(rows)
    for number in range(100):
        names.found(words=f"x{number}")
        names.found(words="a")
    assert len(names._words._remembered) < 30


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("page", ["1", "2", "3", "99", "x"])
@pytest.mark.parametrize("words", ["martin", "a", "zola leo", 'personne"<&', "", "!"])
def test_a_search_shows_what_the_template_shows(rows, words, place, page, monkeypatch):
    names = Names(rows)
    monkeypatch.setattr(lists, "names", lambda _listed: names)
    caches.clear_all()
    request = RequestFactory().post(
        "/listes/BTS-2026/MINI/", {"q": words, "lieu": place, "page": page}
    )
    asked = pages._ListRequest(LISTED, request.POST, words=words)
    for language in ("fr", "en"):
        with translation.override(language):
            whole = pages._rendered(request, LISTED, asked)
            for _again in range(2):  # the second time from memory
                assert pages.page(request, LISTED).content.decode() == whole
