import pytest
from django.urls import reverse

from candidates.models import Academy, AddressChange, Candidate, Message, School
from tests import factories
from tests.staff import client_of, member, messages_of, text_of

pytestmark = pytest.mark.django_db

LIST = "admin:candidates_candidate_changelist"
ADDRESS = {
    "address1": "3 RUE DES ACACIAS",
    "address2": "",
    "address3": "",
    "postcode": "69003",
    "city": "LYON",
    "country": "FRANCE",
    "email": "lea@exemple.fr",
}
WHY = {"reason": "Lettre du candidat.", "confirmed": "on"}


@pytest.fixture
def candidate():
    return factories.entry("26A", birth_name="LEFÈVRE", given_names="Zoé").candidate


def page_of(candidate):
    return reverse("admin:candidates_candidate_change", args=[candidate.pk])


def found(client, words):
    answer = client.post(reverse(LIST), {"q": words}, follow=True)
    return list(answer.context["cl"].result_list)


def posted(client, candidate, typed):
    """Send the form of an address, opened just now."""
    form = client.get(page_of(candidate)).context["adminform"].form
    return client.post(page_of(candidate), {"seen": form.digest} | typed)


def test_an_operator_changes_an_address_and_an_e_mail(candidate, operator):
    posted(operator, candidate, ADDRESS | WHY)
    candidate.refresh_from_db()
    assert {name: getattr(candidate, name) for name in ADDRESS} == ADDRESS


def test_a_change_of_address_is_read_again_and_has_its_reason(candidate, operator):
    page = posted(operator, candidate, ADDRESS)
    form = page.context["adminform"].form
    assert form.errors["reason"] == ["Indiquez le motif du changement."]
    (asked,) = form.errors["confirmed"]
    assert "12 RUE DES LILAS, 75011 PARIS" in asked
    assert "3 RUE DES ACACIAS, 69003 LYON, lea@exemple.fr" in asked
    candidate.refresh_from_db()
    assert candidate.city == "PARIS"


def test_a_change_by_the_office_is_a_row_and_the_candidate_is_written_to(candidate, operator):
    Candidate.objects.filter(pk=candidate.pk).update(email="vieux@exemple.fr")
    posted(operator, candidate, ADDRESS | WHY)
    change = AddressChange.objects.get()
    assert (change.by, change.reason) == (member("operator"), "Lettre du candidat.")
    assert (change.before.city, change.after.city) == ("PARIS", "LYON")
    written = Message.objects.order_by("pk")
    assert [message.to for message in written] == ["vieux@exemple.fr", "lea@exemple.fr"]
    text = written[0].content.text
    assert "le service des examens a fait un changement dans votre dossier" in text
    assert change.reference in text
    assert "Lettre du candidat" not in text
    assert "ACACIAS" not in text


def test_an_address_that_changed_since_the_page_was_opened_is_shown_again(candidate, operator):
    opened = operator.get(page_of(candidate)).context["adminform"].form.digest
    Candidate.objects.filter(pk=candidate.pk).update(city="NICE")
    page = operator.post(page_of(candidate), {"seen": opened} | ADDRESS | WHY)
    form = page.context["adminform"].form
    assert "Le dossier a changé depuis" in form.errors["confirmed"][0]
    operator.post(page_of(candidate), {"seen": form["seen"].value()} | ADDRESS | WHY)
    candidate.refresh_from_db()
    assert candidate.city == "LYON"


def test_a_form_sent_without_any_change_writes_nothing(candidate, operator):
    same = {name: getattr(candidate, name) for name in ADDRESS}
    assert posted(operator, candidate, same).status_code == 302
    assert not AddressChange.objects.exists()


def test_staff_are_told_when_nobody_can_be_written_to(candidate, operator):
    posted(operator, candidate, ADDRESS | WHY | {"email": ""})
    page = operator.get(page_of(candidate))
    assert "Ce candidat n’a pas de courriel : il n’est pas prévenu." in messages_of(page)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"address1": "A" * 39}, "address1", "38"),
        ({"city": "A" * 61}, "city", "au plus 60 caractères"),
        ({"postcode": "6900"}, "postcode", "cinq chiffres attendus"),
        ({"postcode": ""}, "postcode", "a un code postal de cinq chiffres"),
        ({"city": ""}, "city", "une adresse a une ville"),
        ({"email": "lea"}, "email", "adresse"),
        ({"address2": "=SOMME(A1)"}, "address2", "formule de tableur"),
    ],
)
def test_an_address_that_no_envelope_carries_is_refused(
    changes, field, sentence, candidate, operator
):
    page = posted(operator, candidate, ADDRESS | WHY | changes)
    assert sentence in " ".join(page.context["adminform"].form.errors[field])
    candidate.refresh_from_db()
    assert candidate.city == "PARIS"


def test_a_french_postcode_is_read_without_its_space(candidate, operator):
    posted(operator, candidate, ADDRESS | WHY | {"postcode": "69 003"})
    candidate.refresh_from_db()
    assert candidate.postcode == "69003"


def test_an_address_abroad_needs_no_french_postcode(candidate, operator):
    abroad = {"postcode": "SW1A 1AA", "city": "LONDON", "country": "royaume-uni"}
    posted(operator, candidate, ADDRESS | WHY | abroad)
    candidate.refresh_from_db()
    assert (candidate.postcode, candidate.country) == ("SW1A 1AA", "ROYAUME-UNI")


@pytest.mark.parametrize("role", ["operator", "manager", "superuser"])
def test_nobody_changes_who_a_candidate_is_without_a_correction(role, candidate):
    """Not even by sending the fields that the page does not ask for."""
    identity = {"birth_name": "AUTRE", "birth_date": "01/01/1999", "ine": "123456789AB"}
    posted(client_of(role), candidate, ADDRESS | WHY | identity)
    candidate.refresh_from_db()
    assert (candidate.birth_name, candidate.ine) == ("LEFÈVRE", "")
    assert candidate.birth_date == factories.BIRTH_DATE
    assert candidate.city == "LYON"


def test_the_page_leads_to_the_entries_where_the_identity_is_corrected(candidate, operator):
    text = text_of(operator.get(page_of(candidate)))
    entry = candidate.entries.get()
    assert reverse("admin:candidates_entry_change", args=[entry.pk]) in text
    assert "Elle se corrige, avec un motif" in text


@pytest.mark.parametrize("words", ["lefevre", "Lefèvre Zoé", "zoe lefevre", "26A", " 26 a "])
def test_a_candidate_is_found_by_name_or_number(words, candidate, operator):
    factories.entry("26B", birth_name="LEFORT")
    assert found(operator, words) == [candidate]


def test_a_candidate_is_found_by_ine(candidate, operator):
    Candidate.objects.filter(pk=candidate.pk).update(ine="123456789AB")
    assert found(operator, "123456789ab") == [candidate]


def test_no_name_searched_stands_in_an_address(candidate, operator):
    assert "lefevre" not in operator.post(reverse(LIST), {"q": "lefevre"}).url


def test_the_list_takes_the_same_queries_for_one_row_or_many(
    candidate, operator, django_assert_num_queries
):
    for _more in range(20):
        factories.entry()
    # session and user (2), rights (2), count, rows
    with django_assert_num_queries(6):
        operator.get(reverse(LIST))


def test_the_first_page_is_in_french_and_named_after_the_site(operator, settings):
    text = text_of(operator.get(reverse("admin:index")))
    assert f"{settings.SITE_NAME} – gestion" in text
    assert "Déconnexion" in text


def test_a_school_is_added_with_the_check_letter_of_its_uai():
    data = {"name": "Lycée neuf", "sector": "PUBLIC", "city": "PARIS", "academy": "01"}
    manager = client_of("manager")
    address = reverse("admin:candidates_school_add")
    page = manager.post(address, data | {"uai": "0750655F"})
    assert "0750655 finit par E" in text_of(page)
    manager.post(address, data | {"uai": "0750655e"})
    assert School.objects.get().uai == "0750655E"


def test_the_uai_of_a_school_does_not_change():
    school = factories.school()
    data = {"uai": "0750654D", "name": "Autre nom", "sector": "CFA", "academy": "24"}
    client_of("manager").post(reverse("admin:candidates_school_change", args=[school.pk]), data)
    assert [(s.uai, s.name) for s in School.objects.order_by("uai")] == [("0750655E", "Autre nom")]


def test_a_manager_keeps_the_ways_to_reach_an_academy():
    academy = Academy.objects.get(code="10")
    data = {
        "name": academy.name,
        "rectorat": academy.rectorat,
        "address": "1 rue de l’Exemple, 69000 Lyon",
        "website": "www.exemple.fr",
    }
    client_of("manager").post(reverse("admin:candidates_academy_change", args=["10"]), data)
    academy.refresh_from_db()
    assert academy.website == "https://www.exemple.fr"
    assert academy.address.startswith("1 rue de l’Exemple")
