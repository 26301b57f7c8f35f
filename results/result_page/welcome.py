"""Response to a successful identification."""

from functools import cache

from django.http import HttpResponseRedirect
from django.urls import reverse

from candidates.identification import cookie


def welcome(request, entry_id):
    """Return the redirect to the page that was asked for, with the identification cookie."""
    address, _purpose = cookie.destination(request)
    response = HttpResponseRedirect(address or _address_of_result())
    return cookie.remember(response, entry_id)


@cache
def _address_of_result():
    return reverse("results:mine")
