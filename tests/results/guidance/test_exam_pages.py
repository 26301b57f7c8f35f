"""Help pages of one exam: what they say is in its regulations, and nothing else is."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from results.guidance.pages import PAGES
from results.models import Regulation, Release
from results.regulations import rulebook
from results_portal.caches import clear_all
from tests import factories
from tests.results.screen import plain
from tests.results.sheets import SHIPPED

pytestmark = pytest.mark.django_db

BY_EXAM = [page.name for page in PAGES.values() if page.by_exam]
A_YEAR_OF = {"DSCG": 2027}  # sessions of shipped rules that begin after 2026
LINK = re.compile(r'href="(/aide/[^"#]*)')


def address(name, exam):
    return reverse(PAGES[name].exam_url_name, args=[exam])


@pytest.fixture
def read(client, time_machine):
    """Return the text of the help page of an exam, in 2026."""
    time_machine.move_to("2026-07-03 12:00+02:00")
    clear_all()

    def text_of(name, exam, language="fr"):
        client.cookies["django_language"] = language
        page = client.get(address(name, exam), headers={"accept-language": language})
        assert page.status_code == 200
        return plain(re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)[0])

    return text_of


@pytest.fixture
def shipped():
    """Store the shipped rules of an exam, and open a session of it."""

    def store(exam, *codes):
        factories.session("S", exam=exam, year=A_YEAR_OF.get(exam, 2026))
        for code, regulation in SHIPPED.items():
            if regulation.exam == exam and (not codes or code in codes):
                rulebook.store(regulation)

    return store


@pytest.mark.parametrize("name", BY_EXAM)
def test_a_page_lists_the_exams_of_the_office_and_leads_to_theirs(client, name):
    factories.session("BAC-PRO-2026", exam="BAC PRO")
    factories.session()
    page = client.get(reverse(PAGES[name].url_name)).content.decode()
    links = {link for link in LINK.findall(page) if link.startswith(reverse(PAGES[name].url_name))}
    assert {address(name, "bts"), address(name, "bac-pro")} <= links
    assert address(name, "bac") not in links


@pytest.mark.parametrize("name", BY_EXAM)
def test_an_exam_that_the_office_does_not_have_has_no_page(client, name):
    factories.session()
    assert client.get(address(name, "dnb")).status_code == 404


@pytest.mark.parametrize("name", BY_EXAM)
def test_an_exam_whose_rules_are_not_stored_has_a_whole_page(read, name):
    factories.session(exam="DCG")
    text = read(name, "dcg")
    assert "Diplôme de comptabilité et de gestion" in text
    assert name in {"fraud", "complaints"} or "n’est pas encore enregistré ici" in text
    assert "None" not in text


SAID = {
    ("absence", "BTS"): (
        "articles D. 643-15 et D. 643-24",
        "pas de session de remplacement, même pour une absence justifiée",
        "épreuve obligatoire : le diplôme ne peut pas être délivré",
        "n’est plus éliminatoire depuis la session 2012",
        "avant l’épreuve, ou dans les 48 heures qui la suivent",
        "Force majeure reconnue : l’épreuve compte 0",
    ),
    ("absence", "BAC"): (
        "une épreuve de remplacement en septembre",
        "ne comptent alors pas : Éducation physique et sportive",
        "Absence sans justification à une épreuve obligatoire : l’épreuve compte 0",
        "code de l’éducation, article D. 334-19",
    ),
    ("absence", "BAC PRO"): ("une épreuve de remplacement en septembre", "48 heures"),
    ("not_admitted", "BTS"): (
        "article D. 643-22",
        "une moyenne générale de 8 ou plus, et de moins de 10",
        "une moyenne de 10 ou plus : épreuves professionnelles",
        "2 oraux parmi ces épreuves : épreuves générales",
        "la meilleure des deux notes compte",
        "Une note de 10 ou plus vous reste acquise pendant 5 ans",
        "Si vous avez choisi la forme progressive",
    ),
    ("not_admitted", "BAC"): (
        "« épreuves du second groupe »",
        "Français, écrit ; Philosophie ; Enseignement de spécialité 1",
        "Il n’y a pas de mention après ces oraux",
        "Seulement à ces épreuves : épreuves finales",
        "Qui garde une note n’a plus droit à une mention",
    ),
    ("not_admitted", "BAC PRO"): (
        "2 oraux, un dans chacune de ces listes",
        "une moyenne de 10 ou plus : épreuves professionnelles",
    ),
    ("not_admitted", "CAP"): (
        "n’a pas d’oraux de rattrapage",
        "une moyenne de 10 ou plus : épreuves professionnelles",
        "Le jury lit votre livret scolaire",
    ),
    ("not_admitted", "DNB"): ("aucune note ne se garde pour une autre session",),
    ("not_admitted", "DSCG"): (
        "pas de note de moins de 6, à aucune épreuve obligatoire",
        "acquise pour les 8 sessions suivantes",
        "Une note de 6 ou plus, et de moins de 10, peut aussi être reportée",
    ),
    ("score_sheet", "BTS"): ("Cet examen n’a pas de mention", "force majeure reconnue compte 0"),
    ("score_sheet", "BAC PRO"): ("au-dessous, elle en enlève",),
    ("score_sheet", "BAC"): ("assez bien à partir de 12, bien à partir de 14",),
    ("score_sheet", "DNB"): (
        "contrôle continu 40 %, épreuves finales 60 %",
        "Diplôme national du brevet, candidats individuels",
    ),
    ("fraud", "BTS"): (
        "la commission de discipline de l’académie qui décide",
        "décret n° 2020-652 du 28 mai 2020",
    ),
    ("fraud", "BAC"): ("privation de toute mention",),
    ("fraud", "DNB"): ("C’est le président du jury qui décide",),
    ("fraud", "DSCG"): ("L’autorité qui décide dépend de l’examen",),
}
OF_OTHER_EXAMS = {
    ("absence", "BAC"): ("le diplôme ne peut pas être délivré", "48 heures"),
    ("absence", "BAC PRO"): ("pas de session de remplacement",),
    ("not_admitted", "BAC"): ("forme progressive", "ferme ces oraux"),
    ("not_admitted", "BAC PRO"): ("pratique professionnelle",),
    ("fraud", "DNB"): ("commission",),
    ("fraud", "DSCG"): ("commission",),
}


@pytest.mark.parametrize(("name", "exam"), SAID)
def test_the_rule_of_an_exam_is_said_as_it_is_and_that_of_no_other(read, shipped, name, exam):
    shipped(exam)
    text = read(name, exam.lower().replace(" ", "-"))
    assert [said for said in SAID[name, exam] if plain(said) not in text] == []
    assert [said for said in OF_OTHER_EXAMS.get((name, exam), ()) if said in text] == []


def test_rules_that_no_session_may_use_any_more_are_not_told(read, shipped):
    shipped("BTS", "ASSURANCE-2009", "MCO-2020", "MCO-2026")
    text = read("not_admitted", "bts")
    assert "Assurance" not in text
    assert "n’a pas d’oraux" not in text


def test_specialities_with_other_rules_are_told_apart(read):
    factories.session()
    rule = replace(SHIPPED["MCO-2026"], code="A", label="Aquaculture")
    rulebook.store(rule)
    rulebook.store(replace(rule, code="B", label="Bijouterie", second_round=None))
    text = read("not_admitted", "bts")
    assert text.index("Aquaculture") < text.index("Le règlement dit")
    assert text.index("Bijouterie") < text.index("n’a pas d’oraux de rattrapage")


@pytest.mark.parametrize("name", BY_EXAM)
def test_a_page_of_an_exam_asks_four_questions_and_none_of_the_rules_twice_in_a_minute(
    client, shipped, name, django_assert_max_num_queries
):
    shipped("BTS")
    # sessions; regulations, tests; académies
    with django_assert_max_num_queries(4, using="public"):
        client.get(address(name, "bts"))
    with (
        django_assert_max_num_queries(2, using="public"),
        django_assert_max_num_queries(0, using="default"),
    ):
        response = client.get(address(name, "bts"))
    assert response["Cache-Control"] == "public, max-age=60"


def test_a_rule_that_the_office_changes_changes_on_the_page(read):
    factories.session()
    factories.regulation()
    assert "une moyenne générale de 10 ou plus" in read("not_admitted", "bts")
    Regulation.objects.update(pass_mark=Decimal("11.5"))
    clear_all()
    assert "une moyenne générale de 11,5 ou plus" in read("not_admitted", "bts")


def test_the_last_days_to_see_scripts_are_those_of_the_exam_alone(read):
    speciality, hour = factories.regulation(), datetime.fromisoformat("2026-07-02 10:00+02:00")
    for exam in ("BTS", "BAC PRO"):
        session = factories.session(exam.replace(" ", "-"), exam=exam, label=f"Session {exam}")
        Release.objects.create(session=session, speciality=speciality, opens_at=hour)
    for exam, other in (("BTS", "BAC PRO"), ("BAC PRO", "BTS")):
        text = read("complaints", exam.lower().replace(" ", "-"))
        assert f"Session {exam} Résultats du 2 juillet 2026" in text.replace("\xa0", " ")
        assert f"Session {other}" not in text


def test_the_page_of_an_exam_is_in_english_too(read, shipped):
    shipped("BAC")
    assert "You choose 2 orals among these tests" in read("not_admitted", "bac", "en")
