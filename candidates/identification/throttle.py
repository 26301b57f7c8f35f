"""Throttle of guesses: counts failures only, by keyed digest, each within its own window.

Failed identifications count under two keys:

- number + birth date + address block: ten, then failures of this block for this person are refused
  uncounted. Somebody who does not know the birth date fills other keys, and somebody on another
  network those of their own block;
- address block: two thousand, so that a school behind one address never reaches it, and a machine
  soon does.

Only what fails is refused where a machine made the code: the right one gets in whatever was
counted, so nobody can lock a candidate out, and 60 random bits stop guessing. One that the office
chose is refused too while the count of the person from that block is full: `visitors_identify`, in
the database, then finds nobody, as for a wrong code (decision 3 has the numbers). Other pages have
keys of their own. Keys are digests: the table names nobody. All server processes share it.
"""

import hmac
import ipaddress
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.db import OperationalError, connections

from candidates import alarm
from results_portal.caches import BoundedCache
from results_portal.keys import derive
from results_portal.postgresql.base import DatabaseWrapper, Values
from results_portal.web.client_address import UNKNOWN, client_address

logger = logging.getLogger(__name__)
_counted_here: BoundedCache[bytes, tuple[float, int]] = BoundedCache(100_000)


@dataclass(frozen=True)
class Limit:
    """Number of failures allowed within a window, which the first failure opens."""

    failures: int
    window: timedelta

    @property
    def seconds(self) -> int:
        return int(self.window.total_seconds())


PERSON_FROM_BLOCK = Limit(10, timedelta(minutes=15))
BLOCK = Limit(2000, timedelta(minutes=10))
IPV4_BLOCK, IPV6_BLOCK = 24, 56
IPV4_LINE, IPV6_LINE = 32, 64


def address_block(request):
    """Return the network that a request comes from: IPv4 /24 or IPv6 /56, as text."""
    return block_of(client_address(request))


def block_of(address):
    """Return the network of an address that `client_address` gives or `read_address` reads."""
    return _network(address, IPV4_BLOCK, IPV6_BLOCK)


def address_line(request):
    """Return the line that a request comes from: an IPv4 address or IPv6 /64, as text."""
    return _network(client_address(request), IPV4_LINE, IPV6_LINE)


@lru_cache(maxsize=4096)
def _network(address, prefix4, prefix6):
    if address == UNKNOWN:
        return UNKNOWN
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, prefix4 if ip.version == 4 else prefix6), strict=False))


class Throttle:
    """Throttle of one attempt: call `count_failure` if it fails.

    `limits`: the `Limit` of each key, two of them at most; a key is any text. `kind`: that of
    `candidates.alarm` under which a failure is counted too.
    """

    def __init__(self, limits: Mapping[str, Limit], kind: str = ""):
        self._limits = {digest_of(text): limit for text, limit in limits.items()}
        self._kind = kind

    @property
    def blocked(self) -> bool:
        """Whether a limit is reached, and an attempt would be refused."""
        keys, most = zip(*((key, one.failures) for key, one in self._limits.items()), strict=True)
        database = cast(DatabaseWrapper, connections[settings.PUBLIC_WRITES])
        ((blocked,),) = database.fetch(
            "SELECT " + " OR ".join([_REACHED] * len(keys)),
            tuple(value for pair in zip(keys, most, strict=True) for value in pair),
        )
        return bool(blocked)

    def count_failure(self) -> bool:
        """Count a failure under each key; return True if it exceeds a limit.

        Nothing more is counted where a limit is reached. A database that cannot write, as its disk
        is full, leaves the count to the memory of this process.
        """
        try:
            with connections[settings.PUBLIC_WRITES].cursor() as cursor:
                cursor.execute(COUNT_FAILURES, [[value] for value in self.values])
                ((_place, refused, in_this_hour),) = cursor.fetchall()
                cursor.execute(FORGET_SOME)
        except OperationalError:
            logger.exception("a failure is counted in memory")
            return self._count_here()
        if self._kind:
            alarm.tell(self._kind, in_this_hour)
        return bool(refused)

    def _count_here(self) -> bool:
        now, refused = time.monotonic(), False
        for key, limit in self._limits.items():
            until, failures = _counted_here.get(key) or (0.0, 0)
            if until <= now:
                until, failures = now + limit.seconds, 0
            _counted_here[key] = until, failures + 1
            refused |= failures >= limit.failures
        return refused

    @property
    def values(self) -> Values:
        """Parameters of `COUNT_FAILURES` for this attempt: key, most and seconds, twice; hour."""
        one = [(key, limit.failures, limit.seconds) for key, limit in self._limits.items()]
        first, second = (*one, (b"", 0, 0), (b"", 0, 0))[:2]
        return *first, *second, alarm.key_of(self._kind) if self._kind else b""


def identification_throttle(*, number, birth_date, block):
    """Return the throttle of guesses at the access code of one person from one address block."""
    person = _person(number, birth_date, block)
    limits = {person: PERSON_FROM_BLOCK, f"block\n{block}": BLOCK}
    return Throttle(limits, alarm.IDENTIFICATION)


def person_limit(*, number, birth_date, block):
    """Return the key of guesses at one person's code from a block, and the most failures there."""
    return digest_of(_person(number, birth_date, block)), PERSON_FROM_BLOCK.failures


def _person(number, birth_date, block):
    return f"person\n{number}\n{birth_date.isoformat()}\n{block}"


def digest_of(text: str) -> bytes:
    """Return the key of the table for a text, which it does not tell."""
    return hmac.digest(derive("throttle"), text.encode(), "sha256")


_REACHED = """EXISTS (
    SELECT FROM candidates_failedidentification
    WHERE key = %s AND failures >= %s AND until > statement_timestamp()
)"""

# Failures of many attempts at once, each under two keys and that of its hour, without a limit; an
# empty key counts nothing. In the order of the keys: those who count at the same time wait for one
# another, and never in a circle. Tells whether each is refused, and the failures of the hour.
COUNT_FAILURES = f"""
WITH attempt AS (
    SELECT * FROM unnest(
        %s::bytea[], %s::integer[], %s::integer[], %s::bytea[], %s::integer[], %s::integer[],
        %s::bytea[]
    ) WITH ORDINALITY AS attempt (key1, most1, seconds1, key2, most2, seconds2, hour, place)
), failure AS (
    SELECT place, key, most, seconds
    FROM attempt CROSS JOIN LATERAL (
        VALUES (key1, most1, seconds1), (key2, most2, seconds2), (hour, NULL, {alarm.SECONDS})
    ) AS one (key, most, seconds)
    WHERE key <> ''
), refused AS (
    SELECT failure.place
    FROM failure JOIN candidates_failedidentification AS present USING (key)
    WHERE present.failures >= failure.most AND present.until > statement_timestamp()
), counted AS (
    INSERT INTO candidates_failedidentification AS present (key, until, failures)
    SELECT key, statement_timestamp() + max(seconds) * interval '1 second', count(*)
    FROM failure WHERE place NOT IN (SELECT place FROM refused)
    GROUP BY key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        failures = excluded.failures
            + CASE WHEN present.until <= statement_timestamp() THEN 0 ELSE present.failures END,
        until = CASE WHEN present.until <= statement_timestamp()
            THEN excluded.until ELSE present.until END
    RETURNING key, failures
)
SELECT
    failure.place,
    failure.place IN (SELECT place FROM refused)
        OR coalesce(bool_or(counted.failures > failure.most), false),
    max(counted.failures) FILTER (WHERE failure.most IS NULL)
FROM failure LEFT JOIN counted USING (key)
GROUP BY failure.place
"""

FORGET_SOME = """
DELETE FROM candidates_failedidentification
WHERE key IN (
    SELECT key FROM candidates_failedidentification WHERE until <= now()
    ORDER BY until LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""
