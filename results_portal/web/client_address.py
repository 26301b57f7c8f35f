"""The network address of a client."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, as far as it can be trusted.

    Each of the `TRUSTED_PROXY_COUNT` proxies in front appends the address that called it to
    X-Forwarded-For: the client is that many entries from the right. Entries further left were sent
    by the client and are ignored.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    addresses = [address.strip() for address in forwarded.split(",") if address.strip()]
    return addresses[-count] if 0 < count <= len(addresses) else peer
