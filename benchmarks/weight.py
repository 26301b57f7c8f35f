"""Bytes on the wire, headers included, as Chromium counts them."""

from playwright.sync_api import sync_playwright

from benchmarks.people import people
from benchmarks.table import at_most

CHROMIUM = "/usr/bin/chromium"
FIRST_VISIT, RESULT = 60, 12  # kB


def measure(site):
    (person,) = people(1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(locale="fr-FR", viewport={"width": 360, "height": 740})
        meter = Meter(page)
        page.goto(f"{site}/resultats/", wait_until="networkidle")
        yield at_most("first visit of the look-up page", meter.taken() / 1000, FIRST_VISIT, "kB")
        page.get_by_label("Numéro de candidat").fill(person.number)
        page.get_by_label("Date de naissance").fill(f"{person.birth_date:%d/%m/%Y}")
        page.get_by_label("Code d’accès").fill(person.access_code)
        page.get_by_role("button", name="Voir mon résultat").click()
        page.wait_for_url("**/mon-resultat/", wait_until="networkidle")
        yield at_most("from the form to the result page", meter.taken() / 1000, RESULT, "kB")
        browser.close()


class Meter:
    """Count the bytes that a page receives."""

    def __init__(self, page):
        self.bytes = 0
        network = page.context.new_cdp_session(page)
        network.on("Network.loadingFinished", self._add)
        network.on("Network.requestWillBeSent", lambda e: self._add(e.get("redirectResponse")))
        network.send("Network.enable")

    def taken(self):
        """Return the bytes since the last call."""
        taken, self.bytes = self.bytes, 0
        return taken

    def _add(self, event):
        self.bytes += event["encodedDataLength"] if event else 0
