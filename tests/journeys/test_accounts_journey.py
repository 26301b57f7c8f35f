"""Accounts in a real browser: from an invitation to the first page; a school's head at work."""

import pytest
from django.contrib.auth.models import User

from tests import factories
from tests.journeys.visit import PHONE
from tests.second_factors import code_of, has_second_factor
from tests.staff import head_of, member

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "un mot de passe assez long"
OTHER_UAI = "0690132U"


def test_who_is_invited_chooses_a_password_and_a_second_factor_and_is_in(
    transactional_db, arrive, settings
):
    administrator, person = arrive(scripts=True), arrive(scripts=True)
    administrator.sign_in("administrator")
    administrator.go("/gestion/auth/user/add/")
    administrator.examine("account, add")
    administrator.page.get_by_label("Nom d’utilisateur").fill("lise")
    administrator.page.get_by_label("Prénom").fill("Lise")
    administrator.page.locator("#id_last_name").fill("Roy")
    administrator.page.get_by_label("Gestionnaire").check()
    administrator.press("Enregistrer")
    assert "Ce lien ne sera plus montré" in administrator.words
    administrator.examine("account, link")
    link = administrator.page.locator("main code, #content code").inner_text()

    person.go(link)
    assert link not in person.page.url
    person.examine("invitation")
    person.page.locator("#id_new_password1").fill("court")
    person.page.locator("#id_new_password2").fill("autre")
    person.press("Enregistrer mon mot de passe")
    assert person.page.locator(".errorlist").first.is_visible()
    person.page.locator("#id_new_password1").fill(PASSWORD)
    person.page.locator("#id_new_password2").fill(PASSWORD)
    person.press("Enregistrer mon mot de passe")
    person.page.get_by_label("Nom d’utilisateur").fill("lise")
    person.page.get_by_label("Mot de passe").fill(PASSWORD)
    person.press("Se connecter")
    assert person.path == "/gestion/"
    settings.STAFF_MFA = True
    person.go("/gestion/")
    person.follow("Enregistrer une application")
    secret = person.page.locator(".second-factor-secret").inner_text()
    person.page.locator("#id_code").fill(code_of(secret))
    person.press("Enregistrer l’application")
    person.go("/gestion/")
    assert person.path == "/gestion/"
    settings.STAFF_MFA = False  # the administrator of this test has none

    person.go(link)
    assert "Un lien sert une fois" in person.words
    person.examine("invitation, used")
    administrator.follow("C’est fait")
    administrator.examine("account")
    administrator.follow("Remettre à zéro le second facteur…")
    administrator.press("Confirmer")
    assert not has_second_factor(User.objects.get(username="lise"))
    person.go("/gestion/")
    assert person.path == "/gestion/login/"
    administrator.follow("Désactiver le compte…")
    administrator.examine("account, step")
    administrator.press("Confirmer")
    assert not User.objects.get(username="lise").is_active


def test_a_head_reads_their_own_pupils_and_no_other(open_people, arrive):
    theirs, _other_school = open_people["home"], factories.school(OTHER_UAI)
    head_of(factories.school())
    head = arrive(scripts=True, size=PHONE)
    head.sign_in("school head")
    head.go("/gestion/etablissement/")
    head.examine("school, sessions")
    head.follow("BTS, session 2026")
    head.examine("school, session")
    assert "ÉBRARD" not in head.words
    with head.page.expect_download() as download:
        head.page.get_by_role("link", name="Télécharger le tableau").click()
    assert "ALBERT" in download.value.path().read_text("utf-8-sig")
    head.follow("ALBERT Léa")
    head.examine("school, pupil")
    own = head.page.url
    head.go(own.replace(f"/{open_people['school'].pk}/", f"/{theirs.pk}/"))
    assert "Cette page n’existe pas" in head.words
    head.go(own.replace("0750655E", OTHER_UAI))
    assert "Cette page n’existe pas" in head.words
    head.go(own)
    head.press("Se déconnecter")
    head.go(own)
    assert head.path == "/gestion/login/"


def test_a_page_of_an_account_fits_a_desk_and_a_telephone(transactional_db, arrive):
    visit = arrive(scripts=True)
    visit.sign_in("administrator")
    visit.go(f"/gestion/auth/user/{member('manager').pk}/change/")
    visit.examine("account of a manager")
