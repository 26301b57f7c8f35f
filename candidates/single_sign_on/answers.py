"""What the provider answers, believed once it is checked.

django-allauth reads information on a person as JSON. ProConnect signs it, as a JWT: that is read
here, and the ID token with it, by the keys that the provider publishes.
"""

from contextlib import contextmanager
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from requests import RequestException

from candidates.single_sign_on.tokens import BadToken, read_id_token, read_person

NEEDED = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
END = "end_session_endpoint"


class NotBelieved(OAuth2Error):
    """An answer of the provider that is none, or proves nothing. The text quotes nothing of it."""


class Answers(OpenIDConnectOAuth2Adapter):
    """The provider's answers. What is missing, late, garbled or forged raises NotBelieved."""

    state: dict  # what this sign-in began with, and what came of it

    @property
    def openid_config(self):
        with refusing("discovery"):
            found = super().openid_config
            if found["issuer"] != settings.OIDC_ISSUER:
                raise NotBelieved("discovery: another issuer")
            for name in [*NEEDED, *({END} & found.keys())]:
                _check_address(found[name])
            if origin_of(found["authorization_endpoint"]) != origin_of(settings.OIDC_ISSUER):
                raise NotBelieved("discovery: people would be led to another origin")
            return found

    @property
    def basic_auth(self):
        with refusing("discovery"):
            return super().basic_auth

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("single_sign_on_return"))

    def get_access_token_data(self, *args, **kwargs):
        with refusing("token"):
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data):
        with refusing("token"):
            return super().parse_token(data)

    def complete_login(self, request, app, token, *, response):
        """Return the SocialLogin of the person whom both tokens name."""
        with refusing("identity"):
            expected = {"issuer": settings.OIDC_ISSUER, "client_id": app.client_id}
            keys = self._get("jwks_uri").json()
            claims = read_id_token(
                response["id_token"], keys, nonce=self.state["nonce"], **expected
            )
            answer = self._get("userinfo_endpoint", Authorization=f"Bearer {token.token}")
            if answer.headers["Content-Type"].partition(";")[0].strip() != "application/jwt":
                raise NotBelieved("identity: not signed")
            person = read_person(answer.text, keys, subject=claims["sub"], **expected)
            self.state |= {
                "id_token": response["id_token"],
                "end": self.openid_config.get(END),
                "second_factor": claims.get("acr") in settings.OIDC_ACR,
            }
            return self.get_provider().sociallogin_from_response(request, person)

    def _get(self, name, **headers):
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config[name], headers=headers)
        answer.raise_for_status()
        return answer


def origin_of(address):
    """Return the scheme and host of an address, with its port if it names one."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def refusing(what):
    """Raise NotBelieved for whatever goes wrong with `what` the provider answers."""
    try:
        yield
    except NotBelieved:
        raise
    except BadToken as error:
        raise NotBelieved(f"{what}: {error}") from error
    except (
        AttributeError,
        ImproperlyConfigured,
        KeyError,
        OAuth2Error,
        RequestException,
        TypeError,
        ValueError,
    ) as error:
        raise NotBelieved(f"{what}: {type(error).__name__}") from error


def _check_address(address):
    if urlsplit(address).scheme not in {"https", *([] if settings.HTTPS else ["http"])}:
        raise NotBelieved("discovery: an address without HTTPS")
