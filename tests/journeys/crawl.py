"""The whole public site, found by following every link and sending every form from where one is."""

from mimetypes import guess_type
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from tests.strictness import RELOADING

NARROW = {"width": 320, "height": 640}
TYPED = ["", "zzz"]  # nothing, then what fits no field

_LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href.split('#')[0])"
_EMPTY_LINKS = """[...document.querySelectorAll('a[href]')]
    .filter(link => !link.getAttribute('href').trim()).map(link => link.innerText.trim())"""
_FORMS = """[...document.querySelectorAll('main form')]
    .flatMap((form, place) => form.action.endsWith('/quitter/') ? [] : [place])"""
_SEND = """([place, text]) => {
    const form = document.querySelectorAll('main form')[place];
    form.noValidate = true;
    for (const field of form.querySelectorAll('input, textarea'))
        if (text && !['hidden', 'checkbox', 'radio', 'submit', 'file'].includes(field.type))
            field.value = text;
    form.requestSubmit();
}"""
# Pages made of the same elements are one state of one template.
_MADE_OF = """[...new Set([...document.querySelectorAll('body *')].map(element =>
    ['class', 'role', 'type'].map(name => element.getAttribute(name)).concat(element.tagName).join()
))].sort().join(' ')"""


class Crawl:
    """Follows links and looks at each page that it meets; `faults` gathers what is wrong.

    `pages` has the HTML of each page as the server sent it, by name, for the validator; `reached`
    the routes that answered.
    """

    def __init__(self, visit):
        self._visit, self.page, self.site = visit, visit.page, visit.site
        self.pages, self.faults, self.reached = {}, [], set()
        self._looked_at, self._public, self._sent = set(), set(), set()
        self._answer = None
        self.page.set_viewport_size(NARROW)
        self.page.emulate_media(reduced_motion="reduce")
        self.page.on("response", self._keep)

    def follow(self, start, *, who):
        """Go wherever links lead from `start`; public pages that were seen are not seen again."""
        waiting, known = [start], set(self._public)
        while waiting:
            address = waiting.pop()
            if address not in known:
                known.add(address)
                waiting += self._open(address, who)

    def look(self, name, *, status):
        """Check the page that is shown now."""
        if self._answer.status != status:
            self.faults.append(f"{name}: status {self._answer.status}, not {status}")
        self._check(name, self._answer.text())

    def show(self, name, html):
        """Check a page that nothing on the site leads to."""
        self.page.set_content(html)
        self._check(name, html)

    def _check(self, name, html):
        self.pages[name] = html
        dead = [link for link in self.page.evaluate(_EMPTY_LINKS) if link not in RELOADING]
        if dead:
            self.faults.append(f"{name}: links that lead nowhere: {dead}")
        made_of = self.page.evaluate(_MADE_OF)
        if made_of in self._looked_at:
            return
        self._looked_at.add(made_of)
        if self._visit.too_wide:
            self.faults.append(f"{name}: {self._visit.too_wide} px wider than {NARROW['width']}")
        if barriers := self._visit.barriers():
            self.faults.append(f"{name}: {barriers}")

    def _open(self, address, who):
        """The links of ours on the page at `address`, and on those that its forms lead to."""
        if (guess_type(urlsplit(address).path)[0] or "").startswith("image/"):
            # The browser's own page around a picture obeys no policy of ours.
            if (status := self.page.request.get(address).status) != 200:
                self.faults.append(f"{who} {address}: status {status}, not 200")
            self.reached.add(route(address))
            return []
        try:
            self.page.goto(address)
        except Error as download:
            if "Download is starting" not in str(download):
                raise
            self.reached.add(route(address))
            return []
        self.look(f"{who} {address}", status=200)
        self.reached.add(route(self.page.url))
        if "private" not in self._answer.headers.get("cache-control", ""):
            self._public.add(address)
        return self._links() + self._send_forms(address, who)

    def _links(self):
        return [link for link in self.page.evaluate(_LINKS) if self._is_ours(link)]

    def _send_forms(self, address, who):
        if route(address) in self._sent:
            return []
        self._sent.add(route(address))
        links = []
        for place in self.page.evaluate(_FORMS):
            for text in TYPED:
                self.page.goto(address)
                with self.page.expect_navigation():
                    self.page.evaluate(_SEND, [place, text])
                self.look(f"{who} {address} form {place} “{text}”", status=200)
                links += self._links()
        return links

    def _is_ours(self, link):
        path = urlsplit(link).path
        return link.startswith(f"{self.site}/") and not path.startswith(settings.STAFF_PREFIX)

    def _keep(self, response):
        if response.request.is_navigation_request():
            self._answer = response


def route(address):
    """The URL pattern behind an address, and the names in its query."""
    parts = urlsplit(address)
    try:
        pattern = resolve(parts.path).route
    except Resolver404:
        pattern = parts.path
    return pattern, tuple(sorted({name for name, _value in parse_qsl(parts.query)}))
