import pytest

from candidates.models import Candidate
from candidates.names.searching import named
from tests import factories

pytestmark = pytest.mark.django_db


def found(text):
    return [str(person) for person in named(Candidate.objects.all(), text)]


@pytest.fixture(autouse=True)
def _people():
    factories.entry(birth_name="LEFÈVRE-D’AMBRE", given_names="Zoë Anne")
    factories.entry(birth_name="LEFORT", usage_name="ŒUVRARD", given_names="Anne")
    factories.entry(birth_name="ØSTERGÅRD", given_names="Łucja")


@pytest.mark.parametrize(
    "text", ["lefevre", "LEFÈVRE D'AMB", "lefevre-d’ambre zoe", "zoé lefevre", "Lefe Anne"]
)
def test_a_person_is_found_without_accents_or_hyphens_or_the_whole_name(text):
    assert found(text) == ["LEFÈVRE-D’AMBRE Zoë Anne"]


@pytest.mark.parametrize("text", ["lefort", "oeuvrard", "Œuvrard anne"])
def test_a_person_is_found_under_either_family_name(text):
    assert found(text) == ["ŒUVRARD Anne"]


def test_letters_of_other_countries_are_typed_plainly():
    assert found("ostergard lucja") == ["ØSTERGÅRD Łucja"]


@pytest.mark.parametrize("text", ["", " - ", "evre", "lefevre paul"])
def test_what_begins_no_name_finds_nobody(text):
    assert found(text) == []
