"""What is past is said in the past: the same result, read on one day and on another."""

import pytest

from tests.results import documents
from tests.results.screen import words


@pytest.fixture
def result_on(time_machine):
    """The words of a page as they stand at noon in Paris on a day."""

    def read(day, document):
        time_machine.move_to(f"{day} 12:00+02:00")
        return words(document)

    return read


CONTROL = documents.control()


def refused(**dates):
    document = documents.refused()
    return document | {"session": document["session"] | dates}


@pytest.mark.parametrize("day", ["2026-07-02", "2026-07-09"])
def test_a_score_sheet_is_said_to_leave_until_its_day_is_over(result_on, day):
    page = result_on(day, documents.document())
    assert "arrive par courrier" in page
    assert "Il part le 9 juillet 2026, à l’adresse de votre dossier." in page


def test_a_score_sheet_is_said_to_have_left_from_the_next_day_on(result_on):
    page = result_on("2026-07-10", documents.document())
    assert "Il est parti le 9 juillet 2026, à l’adresse de votre dossier." in page
    assert "Il part" not in page


def test_a_result_published_after_the_mailing_is_not_said_to_have_been_mailed(result_on):
    corrected = documents.document(
        revision=2,
        issued_at="2026-09-01T09:00:00+02:00",
        correction={"at": "2026-09-01T09:00:00+02:00", "reason": "erreur de report"},
    )
    page = result_on("2026-09-02", corrected)
    assert "partis par courrier le 9 juillet 2026, avant que ce résultat soit publié" in page
    assert "Il est parti" not in page


def test_a_session_without_a_mailing_day_promises_none(result_on):
    page = result_on("2027-01-01", documents.document(session={"score_sheets_mailed_on": None}))
    assert "environ une semaine après l’ouverture" in page


def test_a_result_shows_no_address_that_may_have_changed_since(result_on):
    page = result_on("2026-11-23", documents.document())
    assert "Vérifier ou changer mon adresse" in page
    assert "12 RUE DES LILAS" not in page


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-10-11", "Les inscriptions seront ouvertes du 12 octobre 2026 au 20 novembre 2026 ."),
        ("2026-10-12", "Les inscriptions sont ouvertes jusqu’au 20 novembre 2026 ."),
        ("2026-11-20", "Les inscriptions sont ouvertes jusqu’au 20 novembre 2026 ."),
        ("2026-11-21", "Les inscriptions sont closes depuis le 20 novembre 2026 ."),
    ],
)
def test_registering_again_is_to_come_then_open_then_closed(result_on, day, said):
    page = result_on(day, refused())
    assert said in page
    assert page.count("Les inscriptions ") == 1
    assert ("Inscrivez-vous à la prochaine session" in page) == ("closes" not in said)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-10-11", "Les inscriptions ouvriront le 12 octobre 2026 ."),
        ("2026-10-12", "Les inscriptions sont ouvertes depuis le 12 octobre 2026 ."),
    ],
)
def test_a_registration_without_a_last_day_opens_and_stays_open(result_on, day, said):
    assert said in result_on(day, refused(register_again_until=None))


def test_a_session_without_registration_dates_says_when_they_are_announced(result_on):
    page = result_on("2027-01-01", refused(register_again_from=None, register_again_until=None))
    assert "chaque année en octobre" in page


@pytest.mark.parametrize(
    ("day", "said", "never"),
    [
        ("2026-07-03", "Dites votre choix au plus tard le vendredi 3 juillet 2026", "était"),
        ("2026-07-04", "Le choix était à dire au plus tard le vendredi 3 juillet", "Dites"),
        ("2026-07-08", "Les oraux ont lieu du 6 juillet 2026 au 8 juillet 2026", "ont eu lieu"),
        ("2026-07-09", "Les oraux ont eu lieu du 6 juillet 2026 au 8 juillet 2026", "ont lieu"),
    ],
)
def test_dates_of_the_second_round_pass_one_by_one(result_on, day, said, never):
    page = result_on(day, CONTROL)
    assert said in page
    assert never not in page


def test_once_the_orals_are_over_a_page_no_longer_calls_to_them(result_on):
    page = result_on("2026-07-09", CONTROL)
    assert "Les oraux sont passés" in page
    assert "Il vous manquait 12,50 points" in page
    for never in ("vous passez", "Vous choisissez", "Il vous manque ", "Rien n’est joué"):
        assert never not in page


@pytest.mark.parametrize(
    ("route", "day", "said"),
    [
        ("SCHOOL", "2026-10-10", "Les diplômes se retirent début octobre 2026"),
        ("SCHOOL", "2026-10-11", "Les diplômes se retirent dans les établissements"),
        ("HOME", "2026-09-10", "Les diplômes sont envoyés par courrier début septembre 2026"),
        ("HOME", "2026-09-11", "Les diplômes sont envoyés par courrier"),
    ],
)
def test_a_diploma_is_to_come_and_then_its_own_page_says_where_it_is(result_on, route, day, said):
    assert said in result_on(day, documents.document(diploma_route=route))


@pytest.mark.parametrize("day", ["2026-09-01", "2026-11-23"])
@pytest.mark.parametrize("route", ["SCHOOL", "HOME"])
def test_the_result_says_nothing_that_the_diploma_itself_could_belie(result_on, route, day):
    """It may have come back, be held or handed over: the page of the diploma knows."""
    page = result_on(day, documents.document(diploma_route=route))
    assert "La page de votre diplôme dit" in page
    assert "Suivre mon diplôme" in page
    for never in ("arrive chez vous", "diplôme vous a été envoyé", "Retirez votre diplôme"):
        assert never not in page


@pytest.mark.parametrize("route", ["SCHOOL", "HOME"])
def test_a_diploma_decided_after_the_others_left_is_given_no_day(result_on, route):
    late = documents.document(diploma_route=route, issued_at="2026-11-02T09:00:00+01:00")
    page = result_on("2026-11-23", late)
    assert "début octobre" not in page
    assert "début septembre" not in page
