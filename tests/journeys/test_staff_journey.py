"""A manager's day: sign in, deliberate, schedule, withdraw; and what candidates see meanwhile."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from candidates.admin.groups import MANAGER
from results.models import Decision, PublishedResult
from results_portal.templatetags.portal import isodate
from tests.jobs import work
from tests.journeys.people import town

pytestmark = pytest.mark.browser

PASSWORD = "un mot de passe assez long"


@pytest.fixture
def undecided_people(transactional_db):
    """The `town` before the jury, and a manager who has a password."""
    boss = User.objects.create_user("gestionnaire", password=PASSWORD, is_staff=True)
    boss.groups.add(Group.objects.get(name=MANAGER))
    return town()


@pytest.mark.slow
def test_a_manager_deliberates_schedules_and_withdraws_under_the_eyes_of_a_candidate(
    undecided_people, arrive, one_person
):
    office, candidate = arrive(scripts=True), arrive()
    office.go("/gestion/")
    office.page.get_by_label("Nom d’utilisateur").fill("gestionnaire")
    office.page.get_by_label("Mot de passe").fill(PASSWORD)
    office.press("Se connecter")
    office.follow("Tables")
    office.follow("Sessions")
    office.follow("Délibérer, publier")
    office.examine("staff, lifecycle")
    office.press("Délibérer le premier tour")
    assert "Cette tâche attend son tour." in office.words
    work()
    office.page.reload()
    assert "décisions créées : 8" in office.words
    office.examine("staff, job")
    office.follow("Déroulement de la session")
    assert Decision.objects.count() == 8

    candidate.identify(undecided_people["school"])
    assert "ne sont pas encore fixées" in candidate.words
    day = timezone.localdate() + timedelta(days=20)
    office.page.get_by_label("Jour").fill(day.isoformat())
    office.page.get_by_label("Heure (de Paris)").fill("10:00")
    office.press("Voir ce qui sera publié")
    assert PublishedResult.objects.count() == 0
    office.examine("staff, confirm")
    office.press("Programmer")
    assert PublishedResult.objects.count() == 0
    work()
    office.page.reload()
    assert "publication programmée" in office.words
    office.follow("Déroulement de la session")
    assert PublishedResult.objects.count() == 8
    candidate.page.reload()
    assert f"{isodate(day, 'weekday')} à 10 h 00, heure de Paris" in candidate.words

    office.page.get_by_label("maintenant").check()
    office.press("Voir ce qui sera publié")
    office.press("Ouvrir maintenant")
    assert "20 jours avant l’heure annoncée" in office.words
    office.examine("staff, opening before the hour")
    office.page.get_by_label("tapez le code de la session").fill("BTS-2026")
    office.press("Ouvrir maintenant")
    work()
    candidate.page.reload()
    assert "vous avez réussi" in candidate.words

    office.page.reload()
    office.follow("Déroulement de la session")
    office.press("Retirer…")
    office.page.get_by_label("Message affiché").fill("Une vérification est en cours.")
    office.press("Retirer")
    candidate.page.reload()
    assert "Une vérification est en cours." in candidate.words
    assert "13,00" not in candidate.words
