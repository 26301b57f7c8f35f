"""Parts that many published documents share, stored once under a digest of their content.

A part never changes, since other content has another key: processes cache parts for good.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from results_portal.caches import BoundedCache

_MOST = 20_000  # parts that a process remembers: an office has some thousand schools
_remembered: BoundedCache[str, dict[str, Any]] = BoundedCache(_MOST)


def key_of(content: dict[str, Any]) -> str:
    """Return the key of a part: 16 characters of a digest of its content."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(plain.encode()).digest()[:12]).decode()


def keep(contents: list[dict[str, Any]]) -> list[str]:
    """Write the parts that are not stored yet; return the key of each."""
    keys = [key_of(content) for content in contents]
    texts = [json.dumps(content, ensure_ascii=False) for content in contents]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [keys, texts])
    _remembered.update(zip(keys, contents, strict=True))
    return keys


def parts(keys: Iterable[str | None], connection: Any) -> dict[str, Any]:
    """Return the parts of these keys, read through `connection` where they are not cached."""
    found = {key: _remembered.get(key) for key in keys if key}
    missing = sorted(key for key, content in found.items() if content is None)
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [missing])
            read = {key: json.loads(content) for key, content in cursor.fetchall()}
        _remembered.update(read)
        found |= read
    return found


def known(keys: Iterable[str | None]) -> dict[str, Any] | None:
    """Return the parts of these keys, None unless this process has met them all."""
    found = {key: _remembered.get(key) for key in keys if key}
    return None if None in found.values() else found


_KEEP = """
INSERT INTO results_documentpart (key, content)
SELECT key, content::jsonb FROM unnest(%s::text[], %s::text[]) AS part (key, content)
ORDER BY key
ON CONFLICT (key) DO NOTHING
"""

_READ = "SELECT key, content::text FROM results_documentpart WHERE key = ANY(%s::text[])"
