"""What many published documents have in common, kept once under the digest of what it says.

A part never changes: other words have another key. So whoever has read one may keep it.
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
    """Sixteen characters that no other content has."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(plain.encode()).digest()[:12]).decode()


def keep(contents: list[dict[str, Any]]) -> list[str]:
    """Write the parts that are not there yet; returns the key of each."""
    keys = [key_of(content) for content in contents]
    texts = [json.dumps(content, ensure_ascii=False) for content in contents]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [keys, texts])
    _remembered.update(zip(keys, contents, strict=True))
    return keys


def parts(keys: Iterable[str | None], connection: Any) -> dict[str, Any]:
    """The parts of these keys, read through `connection` where this process has not met them."""
    found = {key: _remembered.get(key) for key in keys if key}
    missing = sorted(key for key, content in found.items() if content is None)
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [missing])
            read = {key: json.loads(content) for key, content in cursor.fetchall()}
        _remembered.update(read)
        found |= read
    return found


_KEEP = """
INSERT INTO results_documentpart (key, content)
SELECT key, content::jsonb FROM unnest(%s::text[], %s::text[]) AS part (key, content)
ORDER BY key
ON CONFLICT (key) DO NOTHING
"""

_READ = "SELECT key, content::text FROM results_documentpart WHERE key = ANY(%s::text[])"
