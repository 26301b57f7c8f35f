"""Secret keys: one per purpose, all derived from one secret, which may be replaced in use."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def secrets_in_use() -> tuple[str, ...]:
    """Return the present secret, then the older ones that are accepted beside it, mostly none.

    `ACCESS_CODE_KEY` and `ACCESS_CODE_KEY_OLD`; where there is no key for access codes,
    `SECRET_KEY` and `SECRET_KEY_FALLBACKS`. What is made new is made with the present one.
    """
    own, old = settings.ACCESS_CODE_KEY, settings.ACCESS_CODE_KEY_OLD
    present = own or settings.SECRET_KEY
    older = [old] if old else [] if own else settings.SECRET_KEY_FALLBACKS
    return present, *(secret for secret in older if secret != present)


def derive(purpose: str, secret: str = "") -> bytes:
    """Return a 32-byte key for `purpose` alone, the same on every server of the portal.

    HMAC-SHA-256 of the purpose under `secret`, one of `secrets_in_use`: the present one by default.
    Stored digests depend on it: give production an `ACCESS_CODE_KEY`, so that `SECRET_KEY` can
    change without making every access code useless.
    """
    return _derive(secret or settings.ACCESS_CODE_KEY or settings.SECRET_KEY, purpose)


def derive_all(purpose: str) -> list[bytes]:
    """Return the keys for `purpose` under each of `secrets_in_use`, the present one first."""
    return [_derive(secret, purpose) for secret in secrets_in_use()]


@lru_cache(maxsize=64)
def _derive(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def _random() -> str:
    return secrets.token_urlsafe(60)


def kept_secret(path: Path, *, make: Callable[[], str] = _random) -> str:
    """Return the secret in the file `path`, which `make` generates on first use.

    Only its owner can read the file. Processes that start together get the same secret: the file
    appears whole or not at all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(make())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            Path(draft.name).unlink()
    return path.read_text()
