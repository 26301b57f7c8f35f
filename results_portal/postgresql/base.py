import time

from django.db.backends.postgresql import base

FRESH = 2  # seconds for which an answer proves that the connection is alive


class DatabaseWrapper(base.DatabaseWrapper):
    """Checks a kept connection before its first use in a request, as `CONN_HEALTH_CHECKS` says,
    unless it passed such a check a moment ago: in the rush that is one question in a thousand.

    What fails all the same is asked at once, as ever, by Django at the end of its request.
    """

    _checked_at = 0.0

    def close_if_health_check_failed(self):
        now = time.monotonic()
        if now - self._checked_at < FRESH:
            self.health_check_done = True
        if self.health_check_enabled and not self.health_check_done:
            super().close_if_health_check_failed()
            self._checked_at = now
