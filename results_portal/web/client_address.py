"""The network address a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the visitor, as far as it can be trusted.

    `TRUSTED_PROXY_COUNT` proxies of ours stand in front, each of which appends the address it was
    called from to X-Forwarded-For: the visitor is that many entries from the right. What stands
    further left was written by the visitor and is not believed.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    addresses = [address.strip() for address in forwarded.split(",") if address.strip()]
    return addresses[-count] if 0 < count <= len(addresses) else peer
