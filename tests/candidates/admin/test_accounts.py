"""An administrator manages accounts, and raises nobody above what the office's groups may."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidates.admin.administrators import hold
from candidates.admin.groups import ADMINISTRATOR, JURY_SECRETARY, MANAGER, SCHOOL_HEAD
from candidates.identification import delay
from candidates.models import Message, SchoolHead
from candidates.sign_in.guesses import misses_of
from tests import factories
from tests.second_factors import give_code, has_second_factor
from tests.staff import client_of, member, second_manager, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PASSWORD = "un mot de passe assez long"
STEPS = ("lien", "deblocage", "second-facteur", "desactivation", "reactivation")


@pytest.fixture
def _mail_server(settings):
    settings.EMAIL_BACKEND = "candidates.messages.smtp.EmailBackend"


@pytest.fixture
def administrator():
    return client_of("administrator")


def group(name):
    return Group.objects.get(name=name).pk


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def change(user, **changes):
    """Post the page of an account as an administrator, and return the account as it is then."""
    page = reverse("admin:auth_user_change", args=[user.pk])
    values = {"username": user.username, "first_name": "Lise", "is_superuser": "on", **changes}
    answer = client_of("administrator").post(page, values)
    return answer.status_code, User.objects.get(pk=user.pk)


def opened(browser, **values):
    """Open an account; return the answer, and the link that it shows or sends."""
    typed = {"username": "lise", "first_name": "Lise", "last_name": "Roy", **values}
    answer = browser.post(reverse("admin:auth_user_add"), typed)
    return answer, link_in(answer.content.decode())


def step(browser, user, slug):
    """Take a step for an account; return the answer, and the link that it shows."""
    answer = browser.post(reverse(f"admin:auth_user_{slug}", args=[user.pk]))
    return answer, link_in(answer.content.decode())


def link_in(text):
    found = re.search(r"/gestion/compte/invitation/[\w-]+/[\w-]+/", text)
    return found and found[0]


def accept(link, password=PASSWORD):
    """Open a link as its person does, choose a password, and return browser and answer."""
    person = Client()
    page = person.get(link, follow=True)
    typed = {"new_password1": password, "new_password2": password}
    return person, person.post(page.request["PATH_INFO"], typed)


def can_sign_in(name, password=PASSWORD):
    return Client().login(username=name, password=password)


def test_an_account_is_opened_without_a_password_and_its_link_is_shown_once(administrator):
    answer, link = opened(administrator, groups=[group(JURY_SECRETARY)], email="lise@exemple.fr")
    assert "Ce lien ne sera plus montré" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    made = User.objects.get(username="lise")
    assert (made.is_staff, made.is_superuser, groups(made)) == (True, False, {JURY_SECRETARY})
    assert not made.has_usable_password()
    assert "lise" not in link
    assert not Message.objects.exists()
    page = text_of(administrator.get(reverse("admin:auth_user_change", args=[made.pk])))
    assert "invitation" not in page
    assert Client().get(link, follow=True).request["PATH_INFO"].endswith("/choisir/")
    _person, answer = accept(link, "court")
    assert "12" in text_of(answer)  # at least so many characters
    _person, answer = accept(link)
    assert answer.url == reverse("admin:login")
    assert can_sign_in("lise")


def test_used_ended_old_and_wrong_links_have_one_page(administrator, monkeypatch):
    _answer, link = opened(administrator)
    lise = User.objects.get(username="lise")
    pages = [Client().get(link[:-2] + "x/"), Client().get("/gestion/compte/invitation/x/y/")]
    later = timezone.localtime().replace(tzinfo=None) + timedelta(days=3, minutes=1)
    with monkeypatch.context() as patch:  # Django's own clock of tokens
        patch.setattr(PasswordResetTokenGenerator, "_now", lambda generator: later)
        pages.append(Client().get(link))
    User.objects.filter(pk=lise.pk).update(is_active=False)
    pages.append(Client().get(link))
    User.objects.filter(pk=lise.pk).update(is_active=True)
    accept(link)
    pages.append(Client().get(link))
    _answer, former = step(administrator, lise, "lien")
    step(administrator, lise, "lien")
    pages.append(Client().get(former))
    texts = {re.sub(r"/gestion/compte/[^\"]*", "", text_of(page)) for page in pages}
    assert [page.status_code for page in pages] == [200] * 6
    assert len(texts) == 1
    assert "Ce lien ne sert plus" in texts.pop()


@pytest.mark.usefixtures("_mail_server")
def test_with_a_mail_server_the_link_goes_by_mail_alone_and_nobody_else_reads_it(administrator):
    answer, link = opened(administrator)
    assert (answer.status_code, User.objects.filter(username="lise").exists()) == (200, False)
    answer, link = opened(administrator, email="lise@exemple.fr")
    assert (answer.status_code, link) == (302, None)
    sent = Message.objects.get()
    assert sent.to == "lise@exemple.fr"
    link = link_in(sent.text)
    assert link == link_in(sent.html)
    page = reverse("admin:candidates_message_change", args=[sent.pk])
    for role in ("operator", "superuser"):
        shown = text_of(client_of(role).get(page))
        assert "son texte n’est pas montré" in shown
        assert "invitation/" not in shown
    accept(link)
    assert can_sign_in("lise")


def test_a_reset_ends_the_password_and_the_sessions_at_once_and_stands_in_the_history(
    administrator,
):
    colleague, user = client_of("manager"), member("manager")
    assert colleague.get(reverse("admin:index")).status_code == 200
    _answer, link = step(administrator, user, "lien")
    assert colleague.get(reverse("admin:index")).status_code == 302
    assert not can_sign_in("manager")
    history = reverse("admin:auth_user_history", args=[user.pk])
    assert "Un lien de mot de passe a été donné." in text_of(administrator.get(history))
    accept(link)
    assert can_sign_in("manager")


def test_who_is_deactivated_is_out_at_once_and_comes_back_with_a_new_password(administrator):
    colleague, user = client_of("operator"), member("operator")
    step(administrator, user, "desactivation")
    assert colleague.get(reverse("admin:index")).status_code == 302
    answer, link = step(administrator, user, "lien")
    assert (answer.status_code, link) == (302, None)
    assert "désactivé" in text_of(administrator.get(reverse("admin:auth_user_changelist")))
    _answer, link = step(administrator, user, "reactivation")
    assert colleague.get(reverse("admin:index")).status_code == 302
    accept(link)
    assert can_sign_in("operator")


def test_wrong_passwords_are_shown_and_forgotten(administrator):
    user, page = member("operator"), reverse("admin:auth_user_change", args=[member("operator").pk])
    assert "Lever l’attente" not in text_of(administrator.get(page))
    for guessed_at in misses_of("operator"):
        for _miss in range(6):
            delay.Guess(guessed_at, using="default").begin()
    assert "Lever l’attente" in text_of(administrator.get(page))
    step(administrator, user, "deblocage")
    assert "Lever l’attente" not in text_of(administrator.get(page))


def test_a_second_factor_is_reset_and_its_owner_is_out_and_told(administrator):
    user, page = member("manager"), reverse("admin:auth_user_change", args=[member("manager").pk])
    User.objects.filter(pk=user.pk).update(email="lise@exemple.fr")
    assert "Remettre à zéro le second facteur" not in text_of(administrator.get(page))
    colleague = client_of("manager")
    give_code(user)
    assert "Remettre à zéro le second facteur" in text_of(administrator.get(page))
    step(administrator, user, "second-facteur")
    assert not has_second_factor(user)
    assert colleague.get(reverse("admin:index")).status_code == 302
    assert "le second facteur a été remis à zéro" in Message.objects.get().text
    entry = LogEntry.objects.get(change_message__contains="Second facteur")
    assert entry.user == member("administrator")


def test_what_befalls_a_manager_is_told_to_them_and_to_the_other_administrators(administrator):
    User.objects.filter(pk=member("operator").pk).update(email="paul@exemple.fr")
    User.objects.filter(pk=member("superuser").pk).update(email="chef@exemple.fr")
    User.objects.filter(pk=member("administrator").pk).update(email="moi@exemple.fr")
    step(administrator, member("operator"), "lien")
    assert not Message.objects.exists()
    change(member("operator"), email="paul@exemple.fr", groups=[group(MANAGER)])
    told = {message.to: message.text for message in Message.objects.all()}
    assert set(told) == {"paul@exemple.fr", "chef@exemple.fr"}
    assert "le compte a reçu le groupe Gestionnaire, par administrator" in told["chef@exemple.fr"]
    step(administrator, member("operator"), "desactivation")
    assert Message.objects.filter(text__contains="le compte a été désactivé").count() == 2
    entry = LogEntry.objects.filter(change_message__contains="Gestionnaire").get()
    assert entry.user == member("administrator")


def test_a_new_e_mail_of_a_manager_is_told_to_the_former_one_and_to_the_other_managers(
    administrator,
):
    User.objects.filter(pk=member("manager").pk).update(email="paul@exemple.fr")
    User.objects.filter(pk=second_manager().pk).update(email="lise@exemple.fr")
    change(member("manager"), email="moi@exemple.fr", groups=[group(MANAGER)])
    told = {message.to: message.text for message in Message.objects.all()}
    assert set(told) == {"paul@exemple.fr", "moi@exemple.fr", "lise@exemple.fr"}
    assert "manager : son adresse électronique a changé, par administrator" in told[
        "paul@exemple.fr"
    ].replace("\u00a0", " ")
    Message.objects.all().delete()
    change(member("manager"), email="moi@exemple.fr", groups=[group(MANAGER)])
    assert not Message.objects.exists()


def test_a_head_gets_the_schools_of_the_form_and_loses_those_taken_out(administrator):
    school, other = factories.school(), factories.school("0690132U")
    values = {"groups": [group(SCHOOL_HEAD)], "schools": "0750655e 0690132U"}
    opened(administrator, **values)
    lise = User.objects.get(username="lise")
    assert (lise.is_staff, lise.headed.count()) == (False, 2)
    assert {head.tied_by for head in lise.headed.all()} == {member("administrator")}
    heads = reverse("admin:candidates_school_change", args=[school.pk])
    assert "Lise Roy" in text_of(client_of("operator").get(heads))
    for wrong in ({"schools": "0750655E 1"}, {"groups": [group(MANAGER)]}):
        assert change(lise, **{**values, **wrong})[0] == 200
    change(lise, groups=values["groups"], schools="0690132U")
    assert SchoolHead.objects.get().school == other


def test_an_administrator_changes_neither_their_own_rights_nor_a_superuser(administrator):
    own = member("administrator")
    page = text_of(administrator.get(reverse("admin:auth_user_change", args=[own.pk])))
    assert 'name="groups"' not in page
    assert 'name="schools"' not in page
    status, own = change(own, groups=[group(MANAGER)], schools=factories.school().pk)
    assert (status, own.first_name, groups(own)) == (302, "Lise", {ADMINISTRATOR})
    assert (own.is_superuser, own.headed.count()) == (False, 0)
    superuser = member("superuser")
    assert change(superuser, groups=[])[0] == 403
    assert change(member("operator"), groups=[])[1].is_superuser is False
    for user in (own, superuser):
        for slug in STEPS:
            assert step(administrator, user, slug)[0].status_code in {403, 302}
    assert User.objects.filter(is_active=True).count() == 3
    for who in (administrator, client_of("superuser")):
        password = reverse("admin:auth_user_password_change", args=[own.pk])
        assert who.post(password, {"password1": PASSWORD}).status_code == 403
    for page, keys in (
        ("auth_user_delete", [member("operator").pk]),
        ("auth_group_change", [group(ADMINISTRATOR)]),
        ("auth_group_add", []),
    ):
        assert administrator.post(reverse(f"admin:{page}", args=keys)).status_code == 403, page


def test_of_two_administrators_who_end_one_another_the_second_has_lost_the_right():
    first, second = member("administrator"), User.objects.create_user("second", is_staff=True)
    second.groups.add(Group.objects.get(name=ADMINISTRATOR))
    hold(second)
    second.groups.clear()  # by the first, whose turn was before
    with pytest.raises(PermissionDenied):
        hold(second)
    hold(first)


def test_a_superuser_still_makes_superusers():
    page = reverse("admin:auth_user_change", args=[member("operator").pk])
    assert 'name="is_superuser"' in client_of("superuser").get(page).content.decode()


def test_an_administrator_reads_no_exam_data():
    factories.entry(birth_name="ALBERT")
    browser = client_of("administrator")
    home = text_of(browser.get(reverse("admin:index")))
    tables = text_of(browser.get(reverse("office_tables")))
    assert factories.session().label not in home + tables
    assert "Utilisateurs" in tables
    found = text_of(browser.post(reverse("office_search"), {"q": "ALBERT"}, follow=True))
    assert "Léa" not in found
