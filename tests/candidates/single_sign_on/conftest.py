import pytest

from tests.openid_provider import CLIENT_ID, SECRET, OpenIDProvider, way_back
from tests.staff import member


@pytest.fixture
def manager():
    user = member("manager")
    user.email = "Gestion@Service.example"
    user.save()
    return user


@pytest.fixture
def provider(settings):
    """The provider that the portal is told of; it is the manager who comes."""
    with OpenIDProvider() as provider:
        provider.person = {"sub": "agent-1", "email": "gestion@service.example"}
        settings.OIDC_ISSUER = provider.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, SECRET
        settings.HTTPS = False
        yield provider


@pytest.fixture
def come(provider, client):
    """Go through the provider and come back: `come()` returns the portal's last answer."""
    return lambda **sent: client.get(way_back(client, **sent))
