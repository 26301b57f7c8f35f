"""Sign-in by a provider of identities, there and back, in a browser that obeys our policy."""

import pytest

from tests.openid_provider import CLIENT_ID, SECRET, OpenIDProvider
from tests.staff import member

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def provider(settings):
    with OpenIDProvider() as provider:
        provider.has_page = True
        provider.person = {"sub": "agent-1", "email": "gestion@service.example"}
        settings.OIDC_ISSUER = provider.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, SECRET
        settings.HTTPS = False
        yield provider


def test_a_manager_comes_by_the_provider_and_leaves_it_too(transactional_db, provider, arrive):
    manager = member("manager")
    visit = arrive(scripts=True)
    visit.go("/gestion/candidates/entry/")
    visit.examine("staff, sign-in")
    visit.follow("Se connecter avec ProConnect")
    visit.examine("single sign-on, start")
    visit.press("Continuer avec ProConnect")
    visit.press("Entrer")
    assert "n’ouvre aucun compte de la gestion" in visit.words
    visit.examine("single sign-on, nobody")

    manager.email = "Gestion@service.example"
    manager.save()
    visit.follow("Revenir à la page de connexion")
    visit.follow("Se connecter avec ProConnect")
    visit.press("Continuer avec ProConnect")
    visit.press("Entrer")
    assert "Toutes les tables" in visit.words

    visit.press("Déconnexion")
    assert "Vous êtes déconnecté de la gestion." in visit.words
    visit.examine("single sign-on, leaving")
    visit.follow("Se déconnecter aussi de ProConnect")
    assert "Vous êtes déconnecté, ici et chez ProConnect." in visit.words
    visit.faults[:] = [fault for fault in visit.faults if provider.issuer not in fault]
