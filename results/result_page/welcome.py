"""Where a candidate goes who has just identified."""

from functools import cache

from django.http import HttpResponseRedirect
from django.urls import reverse

from candidates.identification import cookie


def welcome(request, entry_id):
    address, _purpose = cookie.destination(request)
    response = HttpResponseRedirect(address or _address_of_result())
    return cookie.remember(response, entry_id)


@cache
def _address_of_result():
    return reverse("results:mine")
