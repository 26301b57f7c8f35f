"""Throttle of guesses: counts failures only, by keyed digest, each within its own window.

Failed identifications count under two keys:

- number + birth date + address block: ten, then this block is refused for this person. This stops
  guesses at the code of someone whose birth date is known. Somebody who does not know the birth
  date fills other keys, and somebody on another network those of their own block, so nobody can
  lock a candidate out;
- address block: two thousand, so that a school behind one address never reaches it, and a machine
  soon does.

Other pages have keys of their own. Keys are digests: the table names nobody. All server processes
share it.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import connections

from results_portal.keys import derive
from results_portal.postgresql.base import DatabaseWrapper, Values
from results_portal.routers import PUBLIC
from results_portal.web.client_address import client_address


@dataclass(frozen=True)
class Limit:
    """The number of failures allowed within a window, which the first failure opens."""

    failures: int
    window: timedelta


PERSON_FROM_BLOCK = Limit(10, timedelta(minutes=15))
BLOCK = Limit(2000, timedelta(minutes=10))
IPV4_BLOCK, IPV6_BLOCK = 24, 56


def address_block(request):
    """Return the network that a request comes from: IPv4 /24 or IPv6 /56, as text."""
    return _block(client_address(request))


@lru_cache(maxsize=4096)
def _block(address):
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    prefix = IPV4_BLOCK if ip.version == 4 else IPV6_BLOCK
    return str(ipaddress.ip_network((ip, prefix), strict=False))


class Throttle:
    """The throttle of one attempt: ask `blocked` before it, call `count_failure` if it fails.

    `limits`: the `Limit` of each key; a key is any text.
    """

    def __init__(self, limits: Mapping[str, Limit]):
        self._keys = {_key(text): limit for text, limit in limits.items()}

    @property
    def blocked(self) -> bool:
        """Whether the attempt is refused."""
        return self.blocked_and_value(None, ())[0]

    def blocked_and_value(self, question: str | None, values: Values) -> tuple[bool, Any]:
        """Return whether the attempt is refused, and the value that `question` selects, or None.

        `question` is SQL for one value of the public database, with its `values`, or None. One
        round trip, unless the public database is a replica.
        """
        if question and settings.PUBLIC_WRITES != PUBLIC:  # a replica: two servers to ask
            ((answer,),) = _database(PUBLIC).fetch(f"SELECT ({question})", values)
            return self.blocked_and_value(None, ())[0], answer
        query = self.combined_query(question, values)
        ((blocked, answer),) = _database(settings.PUBLIC_WRITES).fetch(*query)
        return blocked, answer

    def combined_query(self, question: str | None, values: Values) -> tuple[str, Values]:
        """Return the SQL and values of `blocked_and_value` where one database holds both."""
        asked = [f"EXISTS ({_PRESENT})" for _key in self._keys]
        limits = [part for key, limit in self._keys.items() for part in (key, limit.failures)]
        return f"SELECT {' OR '.join(asked)}, ({question or 'NULL'})", (*limits, *values)

    def count_failure(self) -> None:
        """Count a failure under each key, and delete some expired rows."""
        with connections[settings.PUBLIC_WRITES].cursor() as cursor:
            for key, limit in sorted(self._keys.items()):
                values: dict[str, Any] = {"key": key, "window": limit.window}
                cursor.execute(_COUNT, values)
            cursor.execute(_FORGET_SOME)


def identification_throttle(*, number, birth_date, block):
    """Return the throttle of guesses at the access code of one person from one address block."""
    person = f"person\n{number}\n{birth_date:%Y-%m-%d}\n{block}"
    return Throttle({person: PERSON_FROM_BLOCK, f"block\n{block}": BLOCK})


def _database(alias: str) -> DatabaseWrapper:
    return cast(DatabaseWrapper, connections[alias])


def _key(text: str) -> bytes:
    return hmac.digest(derive("throttle"), text.encode(), "sha256")


# Plain SQL, here and in `cookie`: the ORM takes ten times as long.
_PRESENT = """
SELECT FROM candidates_failedidentification
WHERE key = %s AND failures >= %s AND until > statement_timestamp()
"""

_COUNT = """
INSERT INTO candidates_failedidentification AS present (key, until, failures)
VALUES (%(key)s, now() + %(window)s, 1)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN present.until <= now() THEN 1 ELSE present.failures + 1 END,
    until = CASE WHEN present.until <= now() THEN excluded.until ELSE present.until END
"""

_FORGET_SOME = """
DELETE FROM candidates_failedidentification
WHERE key IN (
    SELECT key FROM candidates_failedidentification WHERE until <= now()
    ORDER BY until LIMIT 10 FOR UPDATE SKIP LOCKED
)
"""
