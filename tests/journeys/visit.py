"""Somebody's visit in the browser: what they do, what they see, and what is wrong with a page."""

from urllib.parse import urlsplit

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils.text import slugify

from tests import factories
from tests.staff import client_of

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
BY_DAY, BY_NIGHT = (DESK, "light"), (PHONE, "dark")

# axe would load the style sheets a second time, against the policy of the page. It is put into a
# page once, and gives what is wrong alone: a page has thousands of things that are right.
_AXE = Axe().axe_script
_RUN_AXE = """() => axe.run({resultTypes: ["violations"], preload: false})
    .then(({violations}) => ({violations}))"""
_END_TRANSITIONS = "document.getAnimations().forEach(animation => animation.finish())"
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visit:
    """A browser without a past. `faults` gathers what no page may do: errors, refusals by the
    content security policy, requests to other sites."""

    def __init__(
        self, browser, site, screenshots, *, scripts=False, size=DESK, zone="Europe/Paris"
    ):
        self.site, self.screenshots, self.faults = site, screenshots, []
        self.context = browser.new_context(
            base_url=site,
            java_script_enabled=scripts,
            viewport=size,
            locale="fr-FR",
            timezone_id=zone,
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._see)

    def leave(self):
        self.context.close()

    def go(self, path):
        return self.page.goto(path)

    def press(self, button):
        """Press a button, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()

    def follow(self, link):
        """Follow a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link).first.click()

    def sign_in(self, role):
        """Arrive in the staff's pages as a member of the staff, already signed in."""
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client_of(role).cookies[settings.SESSION_COOKIE_NAME].value,
            "domain": urlsplit(self.site).hostname,
            "path": settings.STAFF_PREFIX,
            "secure": settings.SESSION_COOKIE_SECURE,
        }
        self.context.add_cookies([cookie])

    def identify(self, entry, *, code=factories.CODE, birth_date="31/12/2004"):
        """Type the three things into the form of the result, and send it."""
        self.context.clear_cookies(name=settings.IDENTIFICATION_COOKIE)
        self.go("/resultats/")
        self._type(entry.number, birth_date, code)
        self.press("Voir mon résultat")

    def identify_here(self, entry):
        """Type the three things into the form that the page shows, and go on to what it guards."""
        self._type(entry.number, "31/12/2004", factories.CODE)
        self.press("Continuer")

    @property
    def words(self):
        """The text of the main part of the page, as read."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def names(self):
        """The names on a public list."""
        return self.page.locator(".portal-names li").all_inner_texts()

    @property
    def too_wide(self):
        """By how many pixels the page is wider than the screen."""
        return max(0, self.page.evaluate(_TOO_WIDE))

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def examine(self, name):
        """Look at the page on a desk by day and on a phone by night: nothing needs sideways
        scrolling, axe finds nothing, and screenshots are left for people to look at."""
        for size, scheme in (BY_DAY, BY_NIGHT):
            where = f"{name}, {size['width']} {scheme}"
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.evaluate(_END_TRANSITIONS)
            if self.too_wide:
                self.faults.append(f"{where}: {self.too_wide} px too wide")
            if barriers := self.barriers():
                self.faults.append(f"{where}: {barriers}")
            self.photograph(where)

    def barriers(self):
        """Return a report of what axe finds on the page, empty when it finds nothing."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE)
        found = AxeResults(self.page.evaluate(_RUN_AXE))
        return found.generate_report() if found.violations_count else ""

    def photograph(self, name):
        """Leave a screenshot of the whole page for people to look at."""
        path = self.screenshots / f"{slugify(name)}.jpeg"
        self.page.screenshot(path=path, full_page=True, type="jpeg", quality=85)

    def _type(self, number, birth_date, code):
        self.page.get_by_label("Numéro de candidat").fill(number)
        self.page.get_by_label("Date de naissance").fill(birth_date)
        self.page.get_by_label("Code d’accès").fill(code)

    def _hear(self, message):
        if message.type in {"error", "warning"} and not self._announced(message):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _announced(self, message):
        """A page of the site may be missing or refuse; a part of a page may not. A machine may be
        slow: whether what is preloaded is used, `test_fonts` tells."""
        if "preload but not used within a few seconds" in message.text:
            return True
        return message.location["url"] == self.page.url and "status of 4" in message.text

    def _see(self, request):
        if not request.url.startswith((f"{self.site}/", "data:")):
            self.faults.append(f"request to {request.url}")
