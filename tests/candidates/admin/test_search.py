import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.urls import reverse

from candidates.admin.search import MOST, people, schools
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

SEARCH = reverse("office_search")


@pytest.fixture(autouse=True)
def _people():
    for birth_name, given_names in (
        ("N’GUESSAN", "Aya"),
        ("LE BRIS", "Maël"),
        ("LEBRUN", "Maëlle"),
        ("TRAORÉ", "Fatoumata"),
        ("BENALI-ZED", "Inès"),
        ("MARTIN", "Léa"),
        ("MARTINET", "Léo"),
    ):
        factories.entry(birth_name=birth_name, given_names=given_names)


def searched(browser, words):
    answer = browser.post(SEARCH, {"q": words})
    assert answer.status_code == 302
    return browser.get(answer.url)


def found(words):
    return [str(person) for person in people(words, MOST)]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("nguessan", "N’GUESSAN Aya"),
        ("n guessan", "N’GUESSAN Aya"),
        ("lebris", "LE BRIS Maël"),
        ("le bris", "LE BRIS Maël"),
        ("Traorre", "TRAORÉ Fatoumata"),
        ("tarore", "TRAORÉ Fatoumata"),
        ("zed", "BENALI-ZED Inès"),
        ("ines benali", "BENALI-ZED Inès"),
        ("mart", "MARTIN Léa"),
        ("MARTINET", "MARTINET Léo"),
        ("maelle lebrun", "LEBRUN Maëlle"),
    ],
)
def test_a_name_is_found_as_one_hears_or_mistypes_it(words, name):
    assert found(words)[0] == name


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("mar", ["MARTY Léa", "MARTIN Léa", "MARTINET Léo"]),
        ("ma", ["MARTY Léa", "MARTIN Léa", "MARTINET Léo", "LE BRIS Maël"]),
        ("lea martni", ["MARTIN Léa"]),
        ("ndupont", ["DUPONT Ève"]),
        ("dupnot", ["DUPONT Ève"]),
        ("du pont", ["DUPONT Ève"]),
        ("dupond eve", ["DUPONT Ève"]),
    ],
)
def test_the_nearest_names_are_first(words, names):
    factories.entry(birth_name="PETIT", usage_name="DUPONT", given_names="Ève")
    factories.entry(birth_name="MARTY", given_names="Léa")
    assert found(words)[: len(names)] == names


@pytest.mark.parametrize("words", ["", "!", "zzzz", "martin zzzz", "x", "31/12/1950"])
def test_what_nobody_resembles_finds_nobody(words):
    assert found(words) == []


def test_a_birth_date_alone_or_with_a_name_tells_homonyms_apart():
    born = datetime.date(2003, 3, 1)
    factories.entry(birth_name="TRAORÉ", given_names="Fatoumata", birth_date=born)
    assert [p.birth_date for p in people("traore 01/03/2003", MOST)] == [born]
    assert [p.birth_date for p in people("1.3.2003", MOST)] == [born]


def test_a_person_is_found_by_number_ine_or_e_mail():
    entry = factories.entry(birth_name="ZIDI", email="a.zidi@exemple.fr", ine="123456789AB")
    for words in (entry.number, f"{entry.number[:4]} {entry.number[4:]}", "A.Zidi@exemple.fr"):
        assert people(words, MOST) == [entry.candidate]
    assert people("123456789ab", MOST) == [entry.candidate]


@pytest.mark.parametrize("words", ["creteil", "lycee de l’etang", "etang", "0940", "lycée étan"])
def test_a_school_is_found_without_accents_by_name_town_or_uai(words):
    school = factories.school("0940123Y", name="Lycée de l’Étang", city="CRÉTEIL")
    factories.school(name="Lycée Hugo")
    assert schools(words, MOST)[0] == school


def test_the_page_tells_birth_date_school_and_session_and_leads_there():
    school = factories.school()
    entry = factories.entry(birth_name="ZIDI", school=school, usage_name="PETIT")
    page = searched(client_of("operator"), "zidi")
    text = text_of(page)
    for said in ("PETIT Léa", "né(e) ZIDI", "31/12/2004", "BTS-2026", school.name):
        assert said in text
    assert reverse("admin:candidates_entry_change", args=[entry.pk]) in text
    assert reverse("admin:candidates_candidate_change", args=[entry.candidate_id]) in text


def test_no_name_searched_stands_in_an_address():
    answer = client_of("operator").post(SEARCH, {"q": "martin"})
    assert "martin" not in answer.url.lower()
    other = client_of("manager").get(answer.url)
    assert "Cette recherche a expiré" in text_of(other)
    assert "MARTIN" not in text_of(other)


def test_more_than_twenty_are_said_to_be_more():
    for _more in range(MOST + 1):
        factories.entry(birth_name="NOMBREUX")
    page = searched(client_of("operator"), "nombreux")
    assert len(page.context["people"]) == MOST
    assert "Les 20 premiers seulement" in text_of(page)


def test_who_may_not_see_candidates_or_schools_finds_none():
    factories.school(name="Lycée Martin")
    browser = client_of("operator")
    user = User.objects.get(username="operator")
    user.groups.clear()
    page = searched(browser, "martin")
    assert not page.context["people"]
    assert not page.context["schools"]
    user.user_permissions.add(Permission.objects.get(codename="view_school"))
    page = searched(browser, "martin")
    assert not page.context["people"]
    assert len(page.context["schools"]) == 1


def test_nobody_else_searches(client):
    for answer in (client.get(SEARCH), client.post(SEARCH, {"q": "martin"})):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("admin:login"))


@pytest.mark.long
def test_a_search_takes_the_same_queries_among_few_and_many(django_assert_num_queries):
    browser = client_of("operator")
    factories.entry(birth_name="RARE")
    address = browser.post(SEARCH, {"q": "martin"}).url
    # session and user (2), rights (2); people of that family and their entries, mistyped ones, of
    # whom a word begins so and their entries, likely ones (with a threshold, in a transaction) and
    # their entries; schools, the same without the families, then unlikely ones
    with django_assert_num_queries(4 + 10 + 9):
        browser.get(address)
    for _more in range(MOST - 2):
        factories.entry(birth_name="MARTIN", school=factories.school())
    with django_assert_num_queries(4 + 10 + 9):
        browser.get(address)
    for _more in range(180):
        factories.entry(birth_name="MARTIN", school=factories.school())
    with django_assert_num_queries(4 + 2 + 9):
        browser.get(address)


def test_the_field_is_on_every_page_of_the_office_and_on_no_other(client):
    member("operator")
    browser = client_of("operator")
    for name in ("admin:index", "admin:candidates_entry_changelist", "office_search"):
        assert 'id="office-search-field"' in browser.get(reverse(name)).content.decode()
    for address in (reverse("admin:login"), "/"):
        assert "office-search-field" not in client.get(address).content.decode()


def test_visitors_may_not_use_the_functions_that_compare_names():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, has_schema_privilege(name, 'likeness', 'USAGE')"
            " FROM unnest(ARRAY['portal_public', 'portal_office']) AS name"
        )
        assert dict(cursor.fetchall()) == {"portal_public": False, "portal_office": True}
