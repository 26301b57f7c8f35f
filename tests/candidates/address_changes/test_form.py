import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.address_changes.form import AddressForm, initial
from candidates.postal.address import FIELDS, Address
from candidates.postal.envelope import postal_address
from tests.candidates.visits import MOVED

NAMES = {"family_name": "DUPONT", "given_names": "Léa"}
PRESENT = Address(address1="12 RUE DES LILAS", postcode="75011", city="PARIS", email="a@exemple.fr")


def form(present=PRESENT, **changes):
    return AddressForm(MOVED | changes, present=present)


def errors(**changes):
    return {name: str(found[0]) for name, found in form(**changes).errors.items()}


def test_a_french_address_is_put_into_capitals_accents_kept():
    asked = form(address2="Résidence de l’Été")
    assert asked.is_valid()
    assert asked.address == Address(
        address2="RÉSIDENCE DE L’ÉTÉ",
        address3="3 RUE DES ACACIAS",
        postcode="69003",
        city="LYON",
        email=MOVED["email"],
    )


@pytest.mark.parametrize("typed", ["75 011", "75\u202f011", "75011\u200b", "７５０１１"])
def test_a_french_postcode_is_read_however_its_digits_are_grouped(typed):
    asked = form(postcode=typed)
    assert asked.is_valid(), asked.errors
    assert asked.address.postcode == "75011"


def test_a_foreign_postcode_keeps_its_space():
    asked = form(country="SUÈDE", postcode="114 55", city="Stockholm")
    assert asked.is_valid(), asked.errors
    assert asked.address.postcode == "114 55"


@pytest.mark.parametrize(
    ("changes", "country"),
    [
        ({"country": "BELGIQUE", "postcode": "1000", "city": "Bruxelles"}, "BELGIQUE"),
        ({"country": "ROYAUME-UNI", "postcode": "sw1a 2aa", "city": "London"}, "ROYAUME-UNI"),
        ({"country": "SÉNÉGAL", "postcode": "", "city": "Dakar"}, "SÉNÉGAL"),
        ({"country": "POLOGNE", "postcode": "90-001", "city": "Łódź"}, "POLOGNE"),
    ],
)
def test_a_foreign_address_is_taken_with_its_country_as_the_last_line(changes, country):
    asked = form(**changes)
    assert asked.is_valid(), asked.errors
    assert asked.address.lines[-1] == country


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"postcode": "7501"}, "postcode", "cinq chiffres"),
        ({"postcode": "٧٥٠١١"}, "postcode", "alphabet latin"),
        ({"postcode": "96000"}, "postcode", "Aucun département"),
        ({"postcode": ""}, "postcode", "cinq chiffres"),
        ({"city": ""}, "city", "Indiquez la ville"),
        ({"address3": ""}, "address1", "au moins une ligne"),
        ({"address3": "A" * 39}, "address3", "38"),
        ({"address3": "ß" * 20}, "address3", "38"),
        ({"city": "A" * 61}, "city", "60 au plus"),
        ({"address3": "12 شارع"}, "address3", "ش ا ر ع"),
        ({"address3": "12 rue des Lilas 🙂"}, "address3", "🙂"),
        ({"address3": "12 улица"}, "address3", "alphabet latin"),
        ({"city": "北京"}, "city", "alphabet latin"),
        ({"address3": "=CMD()"}, "address3", "ne commence pas par ="),
        ({"address3": "12 rue\x00"}, "address3", "nul"),
        ({"email": "lea"}, "email", "courriel attendue"),
        ({"email": "lea🙂@exemple.fr"}, "email", "courriel attendue"),
        ({"country": "ATLANTIDE"}, "country", "choix"),
    ],
)
def test_what_no_envelope_can_carry_is_refused_beside_its_field(changes, field, said):
    found = errors(**changes)
    assert said in found[field]
    assert set(found) == {field}


def test_accents_typed_as_two_characters_are_no_foreign_alphabet():
    asked = form(city="Orle\u0301ans", postcode="45000")
    assert asked.is_valid(), asked.errors
    assert asked.address.city == "ORLÉANS"


def test_overseas_and_corsican_postcodes_are_known():
    for postcode in ("97400", "98800", "20000", "00100"):
        assert form(postcode=postcode, city="Une ville").is_valid()


def test_the_same_address_again_in_other_case_changes_nothing():
    typed = initial(PRESENT) | {"address3": "12 rue des Lilas", "city": "Paris"}
    again = AddressForm(typed, present=PRESENT)
    assert "rien n’a changé" in str(again.non_field_errors())


def test_a_country_written_in_a_file_without_accents_is_chosen_in_the_list():
    present = Address(address1="1 AVENUE BOURGUIBA", city="DAKAR", country="SENEGAL")
    assert AddressForm(present=present).initial["country"] == "SÉNÉGAL"


def test_a_country_that_is_in_no_list_can_stay():
    present = Address(address1="1 MAIN STREET", city="CAMELOT", country="AVALON")
    typed = present.as_dict() | {"address1": "2 MAIN STREET"}
    asked = AddressForm(typed, present=present)
    assert asked.is_valid(), asked.errors
    assert asked.address.country == "AVALON"


def test_somebody_without_an_address_may_give_an_e_mail_alone():
    nowhere = Address()
    asked = AddressForm({"country": "FRANCE", "email": "a@exemple.fr"}, present=nowhere)
    assert asked.is_valid(), asked.errors
    assert asked.address == Address(email="a@exemple.fr")


@given(st.fixed_dictionaries({name: st.text(max_size=60) for name in FIELDS}))
@pytest.mark.long
def test_whatever_is_typed_gets_an_address_that_fits_or_an_error(typed):
    asked = AddressForm(typed, present=PRESENT)
    if asked.is_valid():
        assert all(len(line) <= 38 for line in postal_address(**NAMES, lines=asked.address.lines))
    else:
        assert asked.errors
