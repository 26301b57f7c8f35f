"""The day of the results, from the waiting page to the paper, with JavaScript off."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from django.utils import timezone

from results.publication.release import schedule
from tests.journeys.people import PLACES, released, town

pytestmark = pytest.mark.browser

NOT_OPEN = "Les résultats ne sont pas encore ouverts"
FIGURES = re.compile(r"\d+,\d\d")

# What each one must read, and must not.
SITUATIONS = {
    "school": (
        [
            "vous avez réussi",
            "13,00",
            "78,00 points",
            "Dans votre établissement",
            "Lycée des Exemples",
        ],
        ["prochaine session", "Rien n’est joué", "envoyés par courrier"],
    ),
    "home": (
        ["vous avez réussi", "13,00", "Un diplôme qui nous revient"],
        ["Dans votre établissement", "Rectorat"],
    ),
    "other academy": (
        ["vous avez réussi", "Votre diplôme vient de l’académie de Lille", "www.ac-lille.fr"],
        ["Dans votre établissement", "Un diplôme qui nous revient"],
    ),
    "control": (
        ["Rien n’est joué", "9,50", "Il vous manque 3,00 points", "U1", "U2", "à chacun"],
        ["réussi !", "diplômes se retirent", "n’avez pas obtenu"],
    ),
    "refused": (
        ["Vous n’avez pas obtenu l’examen", "5,50", "33,00 points obtenus, 60,00 exigés"],
        ["réussi !", "Rien n’est joué", "Protégez votre diplôme"],
    ),
    "absent": (
        ["noté absent à une épreuve obligatoire : U2", "D. 643-24", "dans les 48 heures"],
        ["Moyenne :", "réussi !", "Rien n’est joué"],
    ),
    "withheld": (
        ["n’est pas communiqué pour le moment", "ni une réussite ni un échec", "Écrire au service"],
        ["Moyenne", "points", "U1", "13,00", "Télécharger", "Décision du jury", "Retirez"],
    ),
    "discreet": (["vous avez réussi", "13,00"], ["CARON"]),
}


def test_before_the_hour_an_identified_candidate_reads_the_hour_and_nothing_else(arrive):
    people = town()
    release = released(people, hours=30)
    visit = arrive()
    visit.identify(people["school"])
    assert visit.path == "/resultats/mon-resultat/"
    told = visit.words
    hour = timezone.localtime(release.opens_at)
    assert told.startswith(NOT_OPEN)
    assert f"{hour:%-H} h {hour:%M}, heure de Paris" in told
    assert re.search(r"horloge du serveur : \d", told)
    assert not FIGURES.search(told)
    assert "ALBERT" not in told
    visit.identify(people["refused"])
    seconds = re.compile(r"\d+ (h|min|s)\b|horloge du serveur : .*? à")
    assert seconds.sub("", visit.words) == seconds.sub("", told)
    visit.go("/resultats/mon-resultat/releve.pdf")
    assert visit.words.startswith(NOT_OPEN)
    assert visit.go("/listes/BTS-2026/MINI/").status == 404


def test_the_hour_opens_the_result_with_nobody_doing_anything(arrive):
    people = town()
    release = released(people, hours=1)
    visit = arrive()
    visit.identify(people["school"])
    assert visit.words.startswith(NOT_OPEN)
    (release,) = schedule(release.session, at=timezone.now() + timedelta(seconds=2))
    while visit.words.startswith(NOT_OPEN):
        visit.follow("Actualiser la page")
        assert timezone.now() < release.opens_at + timedelta(seconds=20)
    assert timezone.now() >= release.opens_at
    assert "vous avez réussi" in visit.words


@pytest.mark.slow
def test_each_one_reads_what_happened_to_them_and_only_that(arrive, open_people):
    visit = arrive()
    wrong = {}
    for situation, (must, must_not) in SITUATIONS.items():
        visit.identify(open_people[situation])
        told = visit.words
        others = [p.candidate.birth_name for name, p in open_people.items() if name != situation]
        wrong[situation] = [
            *(f"missing: {text}" for text in must if text not in told),
            *(f"shown: {text}" for text in [*must_not, *others] if text in told),
        ]
    assert not any(wrong.values()), wrong


def test_the_public_list_gives_names_alone_and_finds_them_by_name_and_place(arrive, open_people):
    visit = arrive()
    visit.go("/")
    visit.follow("Listes des admis")
    visit.follow("Spécialité MINI")
    assert visit.names == ["ALBERT Léa", "ÉBRARD Léa", "GARNIER Léa"]
    assert not FIGURES.search(visit.words)
    for hidden in ("BERNARD", "CARON", "DENIS", "EVRARD", "FAURE"):
        assert hidden not in visit.words
    visit.page.get_by_label("Nom ou prénom").fill("ebrard")
    visit.press("Chercher")
    assert visit.names == ["ÉBRARD Léa"]
    assert "ebrard" not in visit.page.url
    visit.follow("Toute la liste")
    visit.page.get_by_label("Lieu d’affichage").select_option(PLACES[1])
    visit.press("Chercher")
    assert visit.names == ["ÉBRARD Léa"]
    visit.page.get_by_label("Nom ou prénom").fill("caron")
    visit.press("Chercher")
    assert visit.names == []
    assert "ne dit rien du résultat de la personne cherchée" in visit.words


def test_the_score_sheet_downloads_and_says_what_the_page_says(arrive, open_people, tmp_path):
    visit = arrive()
    visit.identify(open_people["school"])
    with visit.page.expect_download() as downloading:
        visit.page.get_by_role("link", name="Télécharger mon relevé de notes").click()
    assert open_people["school"].number not in downloading.value.suggested_filename
    downloading.value.save_as(tmp_path / "sheet.pdf")
    sheet = pypdfium2.PdfDocument(tmp_path / "sheet.pdf")
    front, back = (" ".join(page.get_textpage().get_text_range().split()) for page in sheet)
    sheet.close()
    for said in (
        open_people["school"].number,
        "ALBERT",
        "12 RUE DES LILAS",
        "13,00",
        "Langue vivante",
    ):
        assert said in front
    assert "ÉBRARD" not in front + back
    assert "diplôme" in back


@pytest.mark.slow
def test_signing_out_leaves_nothing_behind(arrive, open_people):
    visit = arrive()
    visit.identify(open_people["school"])
    visit.press("Fermer mon résultat")
    assert visit.path == "/resultats/"
    visit.page.go_back()
    assert "13,00" not in visit.words
    visit.go("/resultats/mon-resultat/")
    assert visit.path == "/resultats/"
