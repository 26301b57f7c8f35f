"""The list of entries, narrowed by words typed for a school, a centre or a posting place."""

import pytest
from django.urls import reverse

from candidates.models import Entry
from tests import factories
from tests.staff import client_of, text_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:candidates_entry_changelist")


@pytest.fixture
def somewhere():
    """Three entries, each with a school, a centre and a posting place of its own."""
    hugo = factories.school("0940123Y", name="Lycée Victor-Hugo", city="CRÉTEIL")
    etang = factories.school("0750655E", name="Lycée de l’Étang", city="PARIS")
    return {
        "hugo": factories.entry(school=hugo, centre="0750655E", posting_place="Mairie de Créteil"),
        "etang": factories.entry(school=etang, centre="Salle Hugo", posting_place="Lycée Hugo"),
        "alone": factories.entry(centre="Gymnase Pailleron", posting_place=""),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"school": "0940123Y"}, {"hugo"}),
        ({"school": "0940"}, {"hugo"}),
        ({"school": "victor hugo"}, {"hugo"}),
        ({"school": "etang paris"}, {"etang"}),
        ({"school": "lycee"}, {"hugo", "etang"}),
        ({"school": "nulle part"}, set()),
        ({"school": "!"}, set()),
        ({"school": " "}, {"hugo", "etang", "alone"}),
        ({"place": "creteil"}, {"hugo"}),
        ({"place": "LYCÉE hugo"}, {"etang"}),
        ({"place": "lycee creteil"}, set()),
        ({"place": "inconnu"}, set()),
        ({"centre": "pailleron"}, {"alone"}),
        ({"centre": "0750655e"}, {"hugo"}),
        ({"centre": "etang"}, {"hugo"}),
        ({"centre": "hugo"}, {"etang"}),
        ({"school": "hugo", "place": "creteil"}, {"hugo"}),
        ({"school": "hugo", "place": "lycee"}, set()),
    ],
)
def test_words_narrow_the_list(somewhere, query, names):
    page = client_of("operator").get(LIST, query)
    assert set(page.context["cl"].result_list) == {somewhere[name] for name in names}


def test_a_filter_says_what_it_found_and_keeps_the_other_filters(somewhere):
    page = client_of("operator").get(LIST, {"school": "lycee", "status__exact": "SCOLAIRE"})
    text = text_of(page)
    assert '<li class="selected">Lycée de l’Étang, PARIS</li>' in text
    assert '<li class="selected">Lycée Victor-Hugo, CRÉTEIL</li>' in text
    assert text.count('<input type="hidden" name="status__exact" value="SCOLAIRE">') == 3
    assert text.count('<input type="hidden" name="school" value="lycee">') == 2
    assert "Rien n’y répond." in text_of(client_of("operator").get(LIST, {"place": "inconnu"}))


def test_many_answers_are_cut_and_the_page_says_so(somewhere):
    for number in range(12):
        factories.entry(centre=f"Salle {number}")
    text = text_of(client_of("operator").get(LIST, {"centre": "salle"}))
    assert text.count('<li class="selected">Salle ') == 10
    assert "… et d’autres : précisez." in text.replace("\u00a0", " ")


def test_a_filter_takes_the_same_queries_for_few_and_many(somewhere, django_assert_num_queries):
    browser, query = client_of("operator"), {"school": "lycee", "place": "lycee", "centre": "hugo"}
    browser.get(LIST, query)
    for _more in range(2):
        # session and user (2), rights (2), three lists of choices, words: schools twice, places,
        # centres; count, rows, decisions
        with django_assert_num_queries(17):
            browser.get(LIST, query)
        factories.entry(school_id="0750655E", centre="Hugo", posting_place="Lycée")


def test_each_value_is_looked_up_once_whatever_the_number_of_entries(somewhere):
    factories.entry(posting_place="Lycée Hugo")
    assert Entry.objects.values_of("posting_place") == ["Lycée Hugo", "Mairie de Créteil"]
    assert Entry.objects.values_of("centre") == ["0750655E", "Gymnase Pailleron", "Salle Hugo"]
