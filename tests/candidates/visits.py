"""Steps of a candidate who changes an address in a browser, for tests."""

import re
from html import unescape

from django.urls import reverse

from candidates.messages import subscriptions
from tests import factories

MOVED = {
    "address1": "",
    "address2": "",
    "address3": "3 rue des Acacias",
    "postcode": "69003",
    "city": "Lyon",
    "country": "FRANCE",
    "email": "lea.dupont@exemple.fr",
}
ADDRESS, REVIEW = "/adresse/", "/adresse/confirmer/"
_HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')
_INITIALS = re.compile(r"\b[A-ZÀ-Ý]\. [A-ZÀ-Ý]\.")
_TYPED = re.compile(r'<input class="fr-input[^>]* name="(\w+)" value="([^"]*)"')


def choose_messages(entry, **chosen):
    """Choose the e-mails of who has this entry; what is not said is as it is by default."""
    choices = {"releases": True, "documents": True, "language": ""} | chosen
    subscriptions.choose(factories.visit(entry), **choices)


def identify(client, entry, *, after=None):
    """Type the three things of the convocation, at the place where the page asked for them."""
    page = after or reverse("results:lookup")
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    return client.post(page, typed)


def hidden(response):
    """The hidden fields of a page, by name."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(response.content.decode())}


def fields(response):
    """The text fields of a page, by name."""
    return {name: unescape(value) for name, value in _TYPED.findall(response.content.decode())}


def fill(client, **changes):
    """Open the form, fill it, send it."""
    opened = hidden(client.get(ADDRESS))
    return client.post(ADDRESS, {"opened_by": opened["opened_by"], **MOVED, **changes})


def refused(client, **changes):
    """Fill the form in a way that it refuses; return the page with the errors."""
    answer = fill(client, **changes)
    assert answer.url == ADDRESS
    return client.get(ADDRESS)


def review(client, **changes):
    """Fill the form and go to the review; return that page."""
    return client.get(fill(client, **changes).url)


def confirm(client, page):
    """Press the button of a review page."""
    return client.post(REVIEW, {"confirmed": hidden(page)["confirmed"]})


def anonymous(text):
    """The text of a page without the initials of who is identified."""
    return _INITIALS.sub("X. X.", text)


def words(response):
    """The text of a page, entities and spaces made plain."""
    text = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
