"""Encryption of second factors' secrets in the database, by keys derived from `SECRET_KEY`."""

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from results_portal.keys import derive

SECRETS = ("secret", "seed")  # of an application, and of recovery codes


class UnreadableSecretError(ValueError):
    """No key in use opens a secret."""


def encrypt(text: str) -> str:
    """Return a secret as it is stored, under the present key."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Return a stored secret. Raise UnreadableSecretError if no key in use opens it."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError from error


def renew(user) -> None:
    """Store the secrets of an account under the present key, while former ones are accepted."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for authenticator in Authenticator.objects.filter(user=user):
        stored = {name: authenticator.data[name] for name in SECRETS if name in authenticator.data}
        try:
            authenticator.data |= {name: encrypt(decrypt(text)) for name, text in stored.items()}
        except UnreadableSecretError:
            continue
        authenticator.save(update_fields=["data"])


def _cipher() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = [derive("second factor", key) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
