"""The network address of a client."""

import ipaddress
import logging
import re
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"

# As proxies write it: alone, with a port, an IPv6 address in brackets, quoted (RFC 7239).
_WRITTEN = re.compile(r'"?(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+))(?::\d{1,5})?"?')

logger = logging.getLogger(__name__)
_unreadable_was_said = False


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, as far as it can be trusted.

    Each of the `TRUSTED_PROXY_COUNT` proxies in front appends the address that called it to
    X-Forwarded-For: the client is that many entries from the right. Entries further left were sent
    by the client and are ignored. A port is left out; an address that is none is `UNKNOWN`.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    addresses = [address.strip() for address in forwarded.split(",") if address.strip()]
    written = addresses[-count] if 0 < count <= len(addresses) else peer
    address = read_address(written)
    if address == UNKNOWN:
        _say_unreadable()
    return address


@lru_cache(maxsize=4096)
def read_address(written: str) -> str:
    """Return the IP address in `written`, be there a port or brackets, or `UNKNOWN`."""
    match = _WRITTEN.fullmatch(written)
    bare = (match["six"] or match["four"]) if match else written
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return UNKNOWN


def _say_unreadable() -> None:
    """Log an error, once for each process: all such visitors share one count of the throttle."""
    global _unreadable_was_said
    if not _unreadable_was_said:
        _unreadable_was_said = True
        logger.error(
            "a proxy sends no address that can be read: see TRUSTED_PROXY_COUNT and its "
            "X-Forwarded-For; until then all such visitors count as one"
        )
