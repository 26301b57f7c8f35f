import io
from datetime import UTC, datetime

import pikepdf
import pytest

from results.posted_list.posted_list import PostedList, render_posted_list
from tests.results.pages import text_within, texts

OPENS_AT = datetime(2026, 7, 2, 8, 0, tzinfo=UTC)


def posted(*names, **changes):
    values = {
        "exam": "BTS",
        "session_label": "BTS, session 2026",
        "speciality_label": "Management commercial opérationnel",
        "posting_place": "Lycée de l’Exemple",
        "released_at": OPENS_AT,
    }
    return render_posted_list(PostedList(names=names, **(values | changes)))


def crowd(count):
    return [(f"{chr(65 + rank * 26 // count)}nom{rank:04d}", "Léa Marie") for rank in range(count)]


@pytest.mark.long
def test_a_list_says_what_it_is_of_where_and_from_what_hour():
    (page,) = texts(posted(("Dupont", "Léa")))
    for words in (
        "Liste des candidats admis",
        "BTS, session 2026",
        "Management commercial opérationnel",
        "Lycée de l’Exemple",
        "Affichée le 2 juillet 2026 à 10 h 00",
        "Ne figurent sur cette liste que les candidats admis.",
        "Fait à Paris, le 2 juillet 2026 La directrice du service",
    ):
        assert words in page


def test_names_stand_in_the_french_order_under_their_letter():
    names = [("Éluard", "Paul"), ("de Sousa", "Ana"), ("De La Tour", "Zoé"), ("Œuvrard", "Luc")]
    (page,) = texts(posted(*names))
    assert "D DE LA TOUR Zoé DE SOUSA Ana E ÉLUARD Paul O ŒUVRARD Luc" in page


def test_two_people_of_the_same_name_are_both_listed():
    (page,) = texts(posted(("Martin", "Léa"), ("Martin", "Léa")))
    assert page.count("MARTIN Léa") == 2


def test_a_place_where_nobody_is_admitted_has_a_list_that_says_so():
    (page,) = texts(posted())
    assert "Aucun candidat admis sur cette liste." in page
    assert "La directrice du service" in page


def test_a_list_of_the_second_round_says_so():
    assert "Épreuves de contrôle" in texts(posted(("Dupont", "Léa"), round=2))[0]
    assert "contrôle" not in texts(posted(("Dupont", "Léa")))[0]


@pytest.mark.long
def test_every_page_is_headed_and_numbered_and_every_name_is_there():
    names = crowd(300)
    pages = texts(posted(*names))
    assert len(pages) > 4
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} sur {len(pages)}" in page
        assert "BTS, session 2026" in page
        assert "Lycée de l’Exemple" in page
    everything = " ".join(pages)
    assert all(f"{family.upper()} Léa Marie" in everything for family, _ in names)


@pytest.mark.parametrize("count", [20, 48, 54, 110])
def test_the_signature_is_never_alone_on_its_page(count):
    *_, last = texts(posted(*crowd(count)))
    assert "La directrice du service" in last
    assert f"NOM{count - 1:04d}" in last


def test_names_are_large_enough_to_be_read_at_one_metre():
    with pikepdf.open(io.BytesIO(posted(("Dupont", "Léa")))) as pdf:
        drawn = pikepdf.parse_content_stream(pdf.pages[0])
        points = {round(float(o.operands[1]) * 0.75) for o in drawn if str(o.operator) == "Tf"}
    assert 15 in points


def test_the_longest_name_stays_in_its_column():
    long = ("Rakotoarimanana-Andriamihajanirina" * 2, "Marie-Antoinette Anne-Sophie " * 3)
    pdf = posted(*[long] * 40, *crowd(40))
    assert text_within(pdf, left=196, top=20, right=210, bottom=277) == ""
    assert text_within(pdf, left=101, top=120, right=108, bottom=277) == ""


def test_a_list_is_the_same_bytes_each_time():
    assert posted(*crowd(20)) == posted(*reversed(crowd(20)))
