"""Somebody is told that a result is open, reads it on a phone, and wants no more e-mails."""

from urllib.parse import urlsplit

import pytest
from django.core import mail

from candidates.address_changes.changes import change_address
from candidates.identification.delay import FREE_MISSES
from candidates.messages import outbox
from candidates.models import Candidate, FailedIdentification, Message, MessageChoices
from candidates.postal.address import Address
from tests import factories
from tests.candidates.visits import choose_messages
from tests.journeys.people import released, town
from tests.staff import member

pytestmark = pytest.mark.browser


@pytest.fixture
def entry_at_home(transactional_db):
    """An entry of the `town`, whose results are open and who has an e-mail address."""
    people = town()
    Candidate.objects.filter(entries=people["home"]).update(email="lea@exemple.fr")
    people["home"].candidate.refresh_from_db()
    released(people)
    return people["home"]


def html_of(sent):
    return sent.alternatives[0].content


@pytest.mark.slow
def test_a_notice_leads_to_the_result_and_to_where_notices_are_stopped(arrive, entry_at_home):
    outbox.send_due()
    (notice,) = mail.outbox
    visit = arrive(scripts=True)
    visit.page.set_content(html_of(notice))
    visit.examine("notice")
    link = visit.page.get_by_role("link", name="Ne plus recevoir").get_attribute("href")
    visit.go(urlsplit(link).path)
    visit.examine("unsubscribe")
    visit.press("Ne plus les recevoir")
    visit.examine("unsubscribed")
    assert not MessageChoices.objects.get().releases
    visit.press("Les recevoir de nouveau")
    visit.examine("subscribed again")
    assert MessageChoices.objects.get().releases
    visit.go("/courriels/abc/")
    visit.examine("unsubscribe, link of nobody")


@pytest.mark.slow
def test_whoever_is_identified_chooses_their_emails_on_one_page(arrive, entry_at_home, settings):
    settings.EMAIL_BACKEND = "tests.mail_servers.Never"
    outbox.send_due()
    visit = arrive(scripts=True)
    visit.identify(entry_at_home)
    visit.go("/adresse/")
    assert "Nos courriels ne vous parviennent pas" in visit.words
    visit.follow("Choisir les courriels")
    visit.examine("messages")
    visit.page.get_by_label("Mes résultats").uncheck()
    visit.page.get_by_label("Langue des courriels").select_option("en")
    visit.press("Enregistrer mes choix")
    visit.examine("messages, saved")
    chosen = MessageChoices.objects.get()
    assert (chosen.releases, chosen.documents, chosen.language) == (False, True, "en")


def test_every_other_email_is_read_on_a_phone_too(arrive, entry_at_home):
    new = Address(address3="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="b@exemple.fr")
    choose_messages(entry_at_home, language="fr")
    change_address(
        factories.visit(entry_at_home),
        form_key="k",
        seen=Address.of(entry_at_home.candidate),
        new=new,
    )
    visit = arrive(scripts=True)
    for message in Message.objects.filter(circular=None).order_by("pk"):
        visit.page.set_content(message.html)
        visit.examine(f"mail {message.pk} {message.subject}")


@pytest.mark.slow
def test_staff_who_tried_too_often_read_how_long_to_wait_and_then_sign_in(arrive, entry_at_home):
    user = member("manager")
    user.set_password("le bon mot de passe")
    user.save()
    visit = arrive(scripts=True)
    visit.go("/gestion/login/")
    for password in [*["un autre"] * (FREE_MISSES + 1), "le bon mot de passe"]:
        visit.page.get_by_label("Nom d’utilisateur").fill("manager")
        visit.page.get_by_label("Mot de passe").fill(password)
        visit.press("Se connecter")
    visit.page.get_by_text("Attendez encore 1 seconde").wait_for()
    visit.examine("staff wait")
    FailedIdentification.objects.all().delete()
    visit.page.get_by_label("Mot de passe").fill("le bon mot de passe")
    visit.press("Se connecter")
    visit.page.get_by_text("Déconnexion").wait_for()
