"""Links to pages of an app above, which must not be named below it.

The app below asks for a page by a name of its own choice; the app that has such a page registers it
in `ready()`. Where none does, there is no link:

    links.register("sign_out", …)            # by the name of its URL, in the app above
    links.url("sign_out")                    # in the app below: its address
    {% load links %}{% link "sign_out" %}    # the same in a template
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

_url_names: dict[str, str] = {}


def register(link: str, url_name: str) -> None:
    """Let `link` lead to the page `url_name`."""
    _url_names[link] = url_name


def url(link: str, *args: Any) -> str:
    """Return the address that `link` leads to, `args` being those of its URL; "" without one."""
    return reverse(_url_names[link], args=args) if link in _url_names else ""


def site() -> str:
    """Return the portal's own address without a path, as paper and e-mails give it."""
    return f"{'https' if settings.HTTPS else 'http'}://{settings.OFFICE_SITE}"
