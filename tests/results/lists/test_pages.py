"""The page of a list is kept, and never a moment longer than what it says is true."""

import pytest
from django.urls import reverse

from candidates.models import Entry
from results.jury.deliberation import deliberate
from results.lists import lists, pages
from results.models import Release
from results.publication import release
from results.publication.correction import correction
from tests import factories

pytestmark = pytest.mark.django_db

LIST = {"session": "BTS-2026", "speciality": "MINI"}


def text(client, **asked):
    return client.get(reverse("results:list", kwargs=LIST), asked).content.decode()


def test_a_list_that_was_read_before_costs_one_query(
    client, open_people, django_assert_num_queries
):
    first = text(client)
    with django_assert_num_queries(1, using="public"):  # whether it is open, and has changed
        assert text(client) == first
    assert "ALBERT" in first


def test_who_has_the_page_already_is_told_so_in_no_byte(client, open_people):
    first = client.get(reverse("results:list", kwargs=LIST))
    again = client.get(
        reverse("results:list", kwargs=LIST), headers={"if-none-match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    english = client.get(
        reverse("results:list", kwargs=LIST),
        headers={"if-none-match": first["ETag"], "accept-language": "en"},
    )
    assert english.status_code == 200


def test_a_consent_taken_back_leaves_the_page_at_once(client, open_people):
    assert "ALBERT" in text(client)
    Entry.objects.filter(pk=open_people["admitted"].pk).update(web_consent=False)
    assert "ALBERT" not in text(client)
    Entry.objects.filter(pk=open_people["admitted"].pk).update(web_consent=True)
    assert "ALBERT" in text(client)


def test_a_correction_changes_the_page_at_once(client, open_people, django_user_model):
    assert "ALBERT" in text(client)
    boss = django_user_model.objects.create_user("boss")
    with correction(open_people["admitted"], by=boss, reason="Erreur de report."):
        open_people["admitted"].marks.filter(test__code="U3").update(value=100)
    assert "ALBERT" not in text(client)


def test_a_release_taken_back_has_no_page_whatever_is_kept(client, open_people, django_user_model):
    assert "ALBERT" in text(client)
    boss = django_user_model.objects.create_user("boss")
    release.withdraw(Release.objects.get(), by=boss)
    assert client.get(reverse("results:list", kwargs=LIST)).status_code == 404
    release.schedule(open_people["admitted"].session)
    assert "ALBERT" in text(client)


def test_the_second_round_comes_onto_the_page_when_it_opens(client):
    entry = factories.entry(
        marks=factories.CONTROL | {"U1": ("8", "20"), "U2": ("8", "20")},
        birth_name="GARNIER",
        web_consent=True,
    )
    deliberate(entry.session)
    release.schedule(entry.session)
    assert "GARNIER" not in text(client)
    deliberate(entry.session, round=2)
    release.schedule(entry.session, round=2)
    assert "GARNIER" in text(client)


def test_a_search_obeys_a_consent_taken_back_at_once(client, open_people):
    def found():
        return (
            "ALBERT"
            in client.post(reverse("results:list", kwargs=LIST), {"q": "l"}).content.decode()
        )

    assert found()
    Entry.objects.filter(pk=open_people["admitted"].pk).update(web_consent=False)
    assert not found()
    Entry.objects.filter(pk=open_people["admitted"].pk).update(web_consent=True)
    assert found()


@pytest.mark.parametrize("typed", ["al\u200bbert", "\ufeffalbert", "al\u00adbert", "ＡＬＢＥＲＴ"])
def test_a_search_passes_over_what_nobody_sees(client, open_people, typed):
    found = client.post(reverse("results:list", kwargs=LIST), {"q": typed})
    assert "ALBERT" in found.content.decode().split("</form>")[-1]


@pytest.mark.parametrize("typed", ["albert", "nobody"])
def test_the_answer_of_a_search_is_where_its_form_leads(client, open_people, typed):
    address = reverse("results:list", kwargs=LIST)
    page = client.post(address, {"q": typed}).content.decode()
    assert f'action="{address}#noms"' in page
    assert page.count('id="noms"') == 1


def test_a_list_that_nobody_asks_for_leaves_the_memory(
    client, open_people, monkeypatch, django_assert_num_queries
):
    def search(*, queries):
        with django_assert_num_queries(queries, using="public"):
            client.post(reverse("results:list", kwargs=LIST), {"q": "albert"})

    search(queries=2)
    lists.forget_unused()
    search(queries=1)
    monkeypatch.setattr(lists, "FORGOTTEN_AFTER", -1)
    lists.forget_unused()
    search(queries=2)


def test_a_process_that_begins_has_read_the_lists_before_anybody_asks(
    client, open_people, django_assert_num_queries
):
    lists.prepare()
    with django_assert_num_queries(1, using="public"):
        assert "ALBERT" in text(client)


def test_a_search_is_never_kept(client, open_people):
    address = reverse("results:list", kwargs=LIST)
    before = len(pages._pages)
    answer = client.post(address, {"q": "albert"})
    assert "ALBERT" in answer.content.decode()
    assert not answer.has_header("ETag")
    assert len(pages._pages) == before
