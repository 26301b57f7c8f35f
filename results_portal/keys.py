"""Secret keys: one per purpose, all derived from one secret."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def derive(purpose: str) -> bytes:
    """Return a 32-byte key for `purpose` alone, the same on every server of the portal.

    HMAC-SHA-256 of the purpose under `ACCESS_CODE_KEY`, or under `SECRET_KEY` when that is empty.
    Stored digests depend on it: give production an `ACCESS_CODE_KEY`, so that `SECRET_KEY` can
    change without making every access code useless.
    """
    return _derive(settings.ACCESS_CODE_KEY or settings.SECRET_KEY, purpose)


@lru_cache(maxsize=32)
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
