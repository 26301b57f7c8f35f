"""The provider of identities that `OIDC_…` names, and what this portal asks of it.

The words of ProConnect: state and nonce have 32 characters or more, and a level (`acr`) is asked
for by `claims`.
"""

import json

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.datakit import parse_bool_safely
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.utils.crypto import get_random_string

from candidates.single_sign_on.answers import Answers

RANDOM_LENGTH = 48  # characters


class StaffProvider(OpenIDConnectProvider):
    """The provider as django-allauth knows it. What the address of a page says changes nothing.

    Only the e-mail is asked for, and only the e-mail is kept.
    """

    oauth2_adapter_class = Answers

    @property
    def server_url(self):
        return self.wk_server_url(settings.OIDC_ISSUER.rstrip("/"))

    def get_redirect_from_request_kwargs(self, request):
        nonce = get_random_string(RANDOM_LENGTH)
        asked = {"nonce": nonce}
        if settings.OIDC_ACR:
            level = {"essential": True, "values": settings.OIDC_ACR}
            asked["claims"] = json.dumps({"id_token": {"acr": level}})
        return {
            "process": AuthProcess.LOGIN,
            "next_url": get_next_redirect_url(request),
            "scope": ["openid", "email"],
            "auth_params": asked,
            "nonce": nonce,
        }

    def extract_extra_data(self, data):
        """Return the e-mail, if there is one and the provider does not call it unverified."""
        verified = parse_bool_safely(data.get("email_verified", True))
        return {"email": data.get("email") if verified else None}


def is_on():
    """Whether staff may sign in by a provider."""
    return bool(settings.OIDC_ISSUER)


def client():
    """Return the portal as the provider knows it. It is of the settings, never of the database."""
    return SocialApp(
        provider=StaffProvider.id,
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"oauth_pkce_enabled": True},
    )
