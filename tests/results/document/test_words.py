import pytest
from django.utils.translation import override

from results.document.words import decision_words
from tests.results import documents


def words(exam="BTS", **changes):
    with override("fr"):
        return decision_words(documents.document(session={"exam": exam}, **changes))


@pytest.mark.parametrize(
    ("changes", "official"),
    [
        ({"verdict": "ADMITTED"}, "Admis"),
        ({"verdict": "ADMITTED", "round": 2}, "Admis à l’issue des épreuves de contrôle"),
        ({"verdict": "CONTROL"}, "Autorisé à se présenter aux épreuves de contrôle"),
        ({"verdict": "REFUSED"}, "Ajourné"),
        ({"verdict": "REFUSED", "round": 2}, "Ajourné à l’issue des épreuves de contrôle"),
        (
            {"verdict": "ELIMINATED", "reasons": ["BELOW_MINIMUM:U5", "ABSENT:U4"]},
            "Diplôme non délivré\u00a0: absence à une épreuve obligatoire",
        ),
        (
            {"verdict": "ELIMINATED", "reasons": ["BELOW_MINIMUM:U5"]},
            "Ajourné\u00a0: note éliminatoire",
        ),
    ],
)
def test_a_bts_decision_is_said_in_the_words_of_the_code(changes, official):
    assert words(**changes) == official


@pytest.mark.parametrize(
    ("changes", "official"),
    [
        ({"mention": "Assez bien"}, "Admis, mention Assez bien"),
        (
            {"mention": "Très bien avec les félicitations du jury"},
            "Admis, mention Très bien avec les félicitations du jury",
        ),
        ({"round": 2}, "Admis à l’issue des épreuves du second groupe"),
        ({"verdict": "CONTROL"}, "Autorisé à se présenter aux épreuves du second groupe"),
    ],
)
def test_a_baccalaureat_has_mentions_and_a_second_group(changes, official):
    assert words("BAC", **changes) == official


def test_a_bac_pro_has_one_oral():
    control = words("BAC PRO", verdict="CONTROL")
    assert control == "Autorisé à se présenter à l’épreuve de contrôle"


def test_a_withheld_result_has_no_decision_to_name():
    with pytest.raises(ValueError, match="WITHHELD"):
        decision_words(documents.withheld())
