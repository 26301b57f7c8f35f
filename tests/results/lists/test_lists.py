import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories

pytestmark = pytest.mark.django_db

LIST = {"session": "BTS-2026", "speciality": "MINI"}


def publish(session, **options):
    deliberate(session)
    return release.schedule(session, **options)


def page(client, method="get", **asked):
    return getattr(client, method)(reverse("results:list", kwargs=LIST), asked)


def names(response):
    (lines,) = re.findall(r'<ul class="portal-names">(.*?)</ul>', text(response), re.DOTALL) or [""]
    return [html.unescape(name) for name in re.findall("<li>(.*?)</li>", lines)]


def text(response):
    return response.content.decode()


def admitted(*people, **values):
    for family_name, given_names in people:
        factories.entry(
            marks=factories.ADMITTED,
            birth_name=family_name,
            given_names=given_names,
            **({"web_consent": True} | values),
        )
    return factories.session()


def test_the_list_carries_the_admitted_who_consent_and_nobody_else(client):
    publish(factories.cast()["admitted"].session)
    response = page(client)
    assert names(response) == ["ALBERT Léa"]
    text = response.content.decode()
    for hidden in ("BERNARD", "CARON", "DENIS", "EVRARD", "FAURE"):
        assert hidden not in text


def test_the_list_shows_neither_mark_nor_mention_nor_count(client):
    factories.regulation(mentions=[("Assez bien", 12)])
    publish(factories.cast()["admitted"].session)
    text = page(client).content.decode()
    assert "13,00" not in text
    assert "Assez bien" not in text


def test_before_the_hour_a_list_is_unknown_like_one_that_never_was(client):
    publish(factories.cast()["admitted"].session, at=timezone.now() + timedelta(hours=2))
    nowhere = reverse("results:list", kwargs={"session": "NO", "speciality": "SUCH"})
    waiting, unknown = page(client), client.get(nowhere)
    assert waiting.status_code == unknown.status_code == 404
    assert "ALBERT" not in waiting.content.decode()


def test_before_the_hour_the_index_names_no_list(client):
    publish(factories.cast()["admitted"].session, at=timezone.now() + timedelta(hours=2))
    text = client.get(reverse("results:lists")).content.decode()
    assert reverse("results:list", kwargs=LIST) not in text


def test_after_the_hour_the_index_leads_to_the_list(client):
    publish(factories.cast()["admitted"].session)
    assert (
        reverse("results:list", kwargs=LIST)
        in client.get(reverse("results:lists")).content.decode()
    )


def test_names_are_sorted_as_the_french_sort_them(client):
    session = admitted(
        ("ZOLA", "Anne"),
        ("ÉLUARD", "Zoé"),
        ("ELUARD", "Zoé"),
        ("EDMOND", "Léo"),
        ("DEBRAY", "Léo"),
        ("DE SOUSA", "Inês"),
        ("DE LA TOUR", "Guy"),
        ("D’ALMEIDA", "Ana"),
        ("ŒUVRARD", "Luc"),
        ("OFFREDO", "Luc"),
        ("LE-GALL", "Yann"),
        ("LE GALL", "Anna"),
        ("LEGAL", "Ève"),
    )
    publish(session)
    assert names(page(client)) == [
        "D’ALMEIDA Ana",
        "DE LA TOUR Guy",
        "DE SOUSA Inês",
        "DEBRAY Léo",
        "EDMOND Léo",
        "ELUARD Zoé",
        "ÉLUARD Zoé",
        "LE GALL Anna",
        "LE-GALL Yann",
        "LEGAL Ève",
        "ŒUVRARD Luc",
        "OFFREDO Luc",
        "ZOLA Anne",
    ]


@pytest.mark.parametrize("typed", ["eluard", "ÉLUARD", "zoe eluard", "élu"])
def test_a_name_is_found_without_accents_case_or_order(client, typed):
    publish(admitted(("ÉLUARD", "Zoé"), ("ZOLA", "Anne")))
    assert names(page(client, "post", q=typed)) == ["ÉLUARD Zoé"]


@pytest.mark.parametrize(
    ("typed", "said"), [("zola", "2 noms trouvés"), ("zola anne", "1 nom trouvé")]
)
def test_a_search_says_how_many_names_it_found(client, typed, said):
    publish(admitted(("ÉLUARD", "Zoé"), ("ZOLA", "Anne"), ("ZOLA", "Luc")))
    assert f'id="noms">{said}</h2>' in text(page(client, "post", q=typed))
    assert "trouvé" not in text(page(client))


@pytest.mark.parametrize("typed", ["personne", "%", "_", "'; --", "🙂", "\x00"])
def test_a_search_that_finds_nobody_says_so_without_an_error(client, typed):
    publish(admitted(("ZOLA", "Anne")))
    response = page(client, "post", q=typed)
    assert response.status_code == 200
    assert names(response) == []


def test_a_name_typed_never_stands_in_a_url(client):
    publish(admitted(("ZOLA", "Anne")))
    assert names(page(client, "get", q="personne")) == ["ZOLA Anne"]
    assert 'method="post"' in page(client).content.decode()


def test_names_are_found_by_their_first_letter_accents_apart(client):
    publish(admitted(("ÉLUARD", "Zoé"), ("ZOLA", "Anne")))
    assert names(page(client, lettre="E")) == ["ÉLUARD Zoé"]


def test_names_are_found_by_posting_place(client):
    admitted(("ZOLA", "Anne"), posting_place="Lycée du Nord")
    publish(admitted(("HUGO", "Ida"), posting_place="Lycée du Sud"))
    response = page(client, lieu="Lycée du Sud")
    assert names(response) == ["HUGO Ida"]
    places = re.findall('<option value="(.+?)"', text(response))
    assert places == ["Lycée du Nord", "Lycée du Sud"]


@pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "99"}, {"lettre": "é1"}, {"lieu": "?"}])
def test_a_bad_parameter_is_a_page_never_a_crash(client, asked):
    publish(admitted(("ZOLA", "Anne")))
    assert page(client, **asked).status_code == 200


def test_a_list_costs_two_queries_whatever_its_length(client, django_assert_num_queries):
    publish(admitted(*(("ZOLA", f"Anne {n}") for n in range(30))))
    with django_assert_num_queries(2, using="public"):  # the release, and the names
        page(client)


@pytest.mark.parametrize(
    "asked", [{"q": "zola"}, {"q": "personne"}, {"q": "anne", "lieu": "Lycée du Nord"}]
)
def test_a_search_costs_one_query_once_a_list_is_read(client, django_assert_num_queries, asked):
    publish(admitted(("ZOLA", "Anne"), posting_place="Lycée du Nord"))
    page(client)
    with django_assert_num_queries(1, using="public"):  # whether it is open, and has changed
        page(client, "post", **asked)


def test_a_name_struck_by_a_correction_leaves_the_list(client, django_user_model):
    from results.publication.correction import correction

    people = factories.cast()
    publish(people["admitted"].session)
    boss = django_user_model.objects.create_user("boss")
    with correction(people["admitted"], by=boss, reason="Erreur de report."):
        people["admitted"].marks.filter(test__code="U3").update(value=100)
    assert names(page(client)) == []
