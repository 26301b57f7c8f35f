"""Delay of guesses at secrets that people choose: a password, a birth date.

Five misses at one secret are free, and thirty from a network: a whole office may sit behind one
address. After each further one the next guess waits: one second, then twice as long each time, five
minutes at most; an hour without a miss forgets them. A guess that comes too early is answered at
once, tried by nothing and not counted: no thread waits, no password is hashed, and who tries too
often makes nobody wait longer. A guess counts before it is tried, so that many at once are no more
than one after the other; the right one is given back.

The table is that of `throttle`. A row's `until` is an hour after its last miss.
"""

import math
from datetime import datetime, timedelta

from django.db import connections, transaction

from candidates.identification.throttle import FORGET_SOME, digest_of

OF_REFERENCES = "attestation followed\n"  # how the texts begin that visitors may forgive
FREE_MISSES = 5  # at one secret
FREE_MISSES_OF_MANY = 30  # under a text that many people share
LONGEST = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)
_HOUR = FORGOTTEN_AFTER.total_seconds()


def wait_after(misses: int, free: int = FREE_MISSES) -> timedelta:
    """Return the time between the last of so many misses, the first `free`, and the next guess."""
    if misses < free:
        return timedelta()
    doublings = min(misses - free, 20)
    return min(timedelta(seconds=2**doublings), LONGEST)


class Guess:
    """One guess, counted under the text `own` and each text of `shared`.

    `own` is what the guess is at: a right guess forgets its misses. Of `shared`, which others
    guess under too, it takes back only itself. `using`: the alias of the database.
    """

    def __init__(self, own: str, *shared: str, using: str):
        self.own, self._shared = _key_of(own), [_key_of(text) for text in shared]
        self._free = {self.own: FREE_MISSES} | dict.fromkeys(self._shared, FREE_MISSES_OF_MANY)
        self._using = using
        self._before: dict[bytes, tuple[int, datetime]] = {}

    def begin(self) -> int:
        """Count the guess as a miss and return 0; or return the seconds to wait, nothing counted.

        The longest wait of its keys counts.
        """
        keys = sorted([self.own, *self._shared])
        with transaction.atomic(using=self._using), connections[self._using].cursor() as cursor:
            cursor.execute(_LOCK, [_HOUR, keys])
            rows = [(bytes(key), *row) for key, *row in cursor.fetchall()]
            wait = max(_left(*row, free=self._free[key]) for key, *row in rows)
            if not wait:
                self._before = {key: (misses, until) for key, misses, until, _now in rows}
                cursor.execute(_MISS, [_HOUR, keys])
        with connections[self._using].cursor() as cursor:
            cursor.execute(FORGET_SOME)
        return wait

    def succeed(self) -> None:
        """Take back the miss that `begin` counted, and forget those at the same secret."""
        with connections[self._using].cursor() as cursor:
            cursor.execute(_FORGIVE, [self.own])
            for key in sorted(self._shared):
                misses, until = self._before[key]
                cursor.execute(_TAKE_BACK, [misses + 1, until, key])


def forgive(text: str, *, using: str) -> None:
    """Forget the misses under a text: the next guess waits no longer."""
    with connections[using].cursor() as cursor:
        cursor.execute(_FORGIVE, [_key_of(text)])


def misses(texts, *, using: str, free: int = FREE_MISSES) -> dict[str, tuple[int, int]]:
    """Return the misses under each of `texts` that has any, and the seconds to wait after them.

    `free`: `FREE_MISSES_OF_MANY` for texts that many people share.
    """
    by_key = {_key_of(text): text for text in texts}
    with connections[using].cursor() as cursor:
        cursor.execute(_READ, [list(by_key)])
        rows = {by_key[bytes(key)]: row for key, *row in cursor.fetchall()}
    found = (text for text in texts if text in rows)
    return {text: (rows[text][0], _left(*rows[text], free=free)) for text in found}


def _key_of(text):
    """Return the key of the table for a text. It begins otherwise where visitors may forgive."""
    return (b"follow:" if text.startswith(OF_REFERENCES) else b"") + digest_of(text)


def _left(misses, until, now, *, free):
    """Return the seconds, rounded up, that a row makes the next guess wait."""
    wait = wait_after(misses, free)
    ready = until - FORGOTTEN_AFTER + wait
    return max(0, math.ceil((ready - now).total_seconds())) if wait else 0


# In the order of the keys: those who count at once wait for one another, never in a circle.
# Forgotten misses count none; a row that is locked here tells what the last guess left.
_LOCK = """
INSERT INTO candidates_failedidentification AS present (key, until, failures)
SELECT key, clock_timestamp() + %s * interval '1 second', 0
FROM unnest(%s::bytea[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET failures =
    CASE WHEN present.until <= clock_timestamp() THEN 0 ELSE present.failures END
RETURNING key, failures, until, clock_timestamp()
"""

_MISS = """
UPDATE candidates_failedidentification
SET failures = failures + 1, until = clock_timestamp() + %s * interval '1 second'
WHERE key = ANY(%s::bytea[])
"""

_READ = """
SELECT key, failures, until, clock_timestamp() FROM candidates_failedidentification
WHERE key = ANY(%s::bytea[]) AND failures > 0 AND until > clock_timestamp()
"""

_FORGIVE = "UPDATE candidates_failedidentification SET failures = 0 WHERE key = %s"

# The hour of the last miss comes back too, unless somebody else has missed meanwhile.
_TAKE_BACK = """
UPDATE candidates_failedidentification
SET until = CASE WHEN failures = %s THEN %s ELSE until END, failures = failures - 1
WHERE key = %s AND failures > 0
"""
