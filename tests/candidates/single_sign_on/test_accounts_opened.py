"""Sign-in by a provider: which account opens, and that all others stay shut alike."""

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from candidates.single_sign_on.identities import untie
from tests.openid_provider import START, way_back
from tests.second_factors import give_code
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db

HOME = "/gestion/"


def who_is_in(client):
    """Return the name of who is signed in, or None."""
    answer = client.get(HOME)
    return answer.context["user"].get_username() if answer.status_code == 200 else None


def test_the_first_time_the_e_mail_opens_the_account_whatever_its_capitals(come, manager, client):
    assert come().url == HOME
    assert who_is_in(client) == "manager"
    tied = SocialAccount.objects.get()
    assert (tied.user, tied.uid) == (manager, "agent-1")
    assert tied.extra_data == {"email": "gestion@service.example"}
    told = LogEntry.objects.get(object_id=str(manager.pk)).get_change_message()
    assert told == "Rattaché à une identité de ProConnect."


def test_no_token_that_opens_anything_at_the_provider_is_kept(come, manager, client, provider):
    give_code(manager)
    assert come().url == "/gestion/compte/connexion/code/"
    (access_token,) = provider.tokens
    assert not SocialToken.objects.exists()
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert access_token not in str(kept)


def test_from_then_on_the_identity_decides_whatever_becomes_of_the_e_mail(
    come, manager, client, provider
):
    come()
    client.logout()
    other = member("operator")
    other.email = provider.person["email"] = "autre@service.example"
    other.save()
    come()
    assert who_is_in(client) == "manager"


def test_an_account_that_is_tied_is_not_opened_by_another_identity(come, manager, provider, client):
    come()
    client.logout()
    provider.person["sub"] = "agent-2"
    assert come().status_code == 403
    untie(manager, by=member("administrator"))
    come()
    assert who_is_in(client) == "manager"


def test_the_page_of_an_account_tells_its_identity_and_an_administrator_unties_it(
    come, manager, client
):
    come()
    administrator = client_of("administrator")
    page = reverse("admin:auth_user_change", args=[manager.pk])
    step = reverse("admin:auth_user_detachement", args=[manager.pk])
    assert "ProConnect (gestion@service.example)" in text_of(administrator.get(page))
    assert "vérifiez d’abord cette adresse" in text_of(administrator.get(step))
    assert client.post(step).status_code == 403
    administrator.post(step)
    assert not SocialAccount.objects.exists()
    assert who_is_in(client) is None
    told = LogEntry.objects.filter(object_id=str(manager.pk)).latest("pk").get_change_message()
    assert told == "Détaché de son identité de ProConnect."
    assert step not in text_of(administrator.get(page))


def two_accounts(manager):
    User.objects.create_user("homonym", "GESTION@service.example")


def inactive(manager):
    manager.is_active = False


def superuser(manager):
    manager.is_superuser = True


def nothing_to_do_here(manager):
    manager.is_staff = False


def another_e_mail(manager):
    manager.email = "ailleurs@service.example"


NOT_OPENED = [two_accounts, inactive, superuser, nothing_to_do_here, another_e_mail]


def unknown_page(client, come):
    answer = come()
    assert answer.status_code == 403
    assert who_is_in(client) is None
    return text_of(answer)


@pytest.mark.parametrize("change", NOT_OPENED)
def test_an_account_that_may_not_be_entered_looks_like_none(
    come, manager, client, provider, change
):
    provider.person["email"] = "personne@service.example"
    nobody = unknown_page(client, come)
    assert "Demandez à l’administrateur des comptes" in nobody
    provider.person["email"] = "gestion@service.example"
    change(manager)
    manager.save()
    assert unknown_page(client, come) == nobody
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("change", NOT_OPENED[1:4])
def test_being_tied_opens_no_account_that_may_no_longer_be_entered(come, manager, client, change):
    come()
    client.logout()
    change(manager)
    manager.save()
    unknown_page(client, come)


@pytest.mark.parametrize(
    "person",
    [
        {"email": None},
        {"email": ""},
        {"email": ["gestion@service.example"]},
        {"email_verified": False},
        {"email": "gestıon@service.example"},  # a dotless i: another mailbox
        {"email": "%@service.example"},
    ],
)
def test_an_e_mail_that_is_missing_unverified_or_only_alike_opens_nothing(
    come, manager, client, provider, person
):
    provider.person |= person
    unknown_page(client, come)


def test_who_is_signed_in_does_not_become_somebody_else(come, manager, client, provider):
    back = way_back(client)
    client.force_login(member("operator"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(back).url == HOME
    assert client.get(START).url == HOME
    assert who_is_in(client) == "operator"


def test_one_goes_to_the_page_that_one_asked_for_and_to_no_other_site(come, manager, client):
    page = client.get("/gestion/candidates/entry/", follow=True)
    wanted = "next=/gestion/candidates/entry/"
    assert f"{START}?{wanted}" in page.content.decode()
    assert 'value="/gestion/candidates/entry/"' in text_of(client.get(f"{START}?{wanted}"))
    assert come(next="/gestion/candidates/entry/").url == "/gestion/candidates/entry/"
    client.logout()
    assert come(next="https://elsewhere.example/").url == HOME


def test_what_the_address_says_changes_nothing_of_what_is_asked(manager, client, provider):
    there = f"{START}?process=redirect&next=/&scope=siret&auth_params=prompt%3Dnone"
    address = client.post(there, {"process": "connect"}).url
    assert "siret" not in address
    assert "prompt" not in address
    assert "openid" in address
    assert Client().get(f"{START}retour/?process=redirect&next=/").status_code == 400
