"""Every page of every persona, in both languages: no code word, no empty link, no contradiction."""

from collections import Counter
from itertools import chain

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from candidates.models import Entry, Message, Reading
from diplomas import demo
from results.demo.presence import access_code, cast_entries
from results.jury.deliberation import deliberate
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.journeys.crawl import route
from tests.journeys.words import (
    blocks_of,
    code_words,
    coded_values,
    contradictions,
    links_of,
    not_french,
)
from tests.staff import client_of, member

STAFF = "/gestion/"
MOST = 6  # addresses of one pattern: lists and their filters lead to thousands
ABOUT_ONE = ("/resultats/mon-resultat/", "/diplome/", "/attestation/")
PRIVATE = (*ABOUT_ONE, "/adresse/", "/demandes/", "/courriels/", "/etat-civil/")


def walk(client, start, *, language, known):
    """Yield the address and the HTML of each page that links lead to, but `known` ones.

    `refuse_empty_links`, a middleware of the tests, refuses an empty link wherever it is.
    """
    waiting, met = [start], Counter()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, headers={"accept-language": language})
        if answer.status_code == 302:
            links = [answer.url]
        elif not answer.get("Content-Type", "").startswith("text/html"):
            continue
        else:
            assert answer.status_code == 200, address
            html = answer.content.decode()
            yield address, html
            if "private" not in answer.get("Cache-Control", ""):
                known.add(address)
            links = links_of(html, address)
        for link in links:
            pattern, _query = route(link)
            if link not in known and met[pattern] < MOST and not link.endswith(".pdf"):
                met[pattern] += 1
                known.add(link)
                waiting.append(link)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("loaded_demo")
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("role", ["superuser", "manager", "operator"])
def test_no_page_of_the_staff_speaks_in_codes(role, language):
    coded, faults, known = coded_values(), [], set()
    for address, html in walk(client_of(role), STAFF, language=language, known=known):
        faults += [f"{address}: {fault}" for fault in code_words(html, coded)]
    assert sorted(set(faults)) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_every_list_row_and_form_of_the_admin_speaks_french():
    people = factories.cast()
    session = people["admitted"].session
    deliberate(session)
    release.schedule(session)
    with correction(people["refused"], by=member("superuser"), reason="Essai."):
        people["refused"].marks.filter(test__code="U1").update(value=900)
    browser, coded, faults = client_of("superuser"), coded_values(), []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{name}_changelist")]
        if model is not Reading:  # the journal is one page
            addresses.append(reverse(f"{name}_add"))
            if row := model.objects.order_by("pk").first():
                addresses.append(reverse(f"{name}_change", args=[row.pk]))
        for address in addresses:
            answer = browser.get(address, headers={"accept-language": "fr"}, follow=True)
            if answer.status_code == 403 and address.endswith("/add/"):
                continue
            assert answer.status_code == 200, address
            html = answer.content.decode()
            found = code_words(html, coded)
            found += not_french(html) if model is not Message else []  # e-mails are in both
            found += ["a red cross"] if "icon-no" in html else []
            faults += [f"{address}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("loaded_demo")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_of_a_candidate_speaks_in_codes_or_contradicts_itself(language):
    coded, faults, public = coded_values(), [], set()
    tracked = (entry for entry, _words in demo.tracked())
    people = {entry.pk: entry for entry in chain(cast_entries().values(), tracked)}
    for entry in people.values():
        client, said = identified(entry), []
        known = set(public)
        start = reverse("results:mine")
        for address, html in walk(client, start, language=language, known=known):
            faults += [f"{entry.number} {address}: {word}" for word in code_words(html, coded)]
            if address.startswith(ABOUT_ONE) or is_only_one(entry, address):
                said += blocks_of(html)
        faults += [f"{entry.number}: {both}" for both in contradictions(said)]
        public |= {address for address in known if not address.startswith(PRIVATE)}
    assert sorted(set(faults)) == []


def is_only_one(entry, address):
    """Whether a page about all mailings of a person is about that of one entry."""
    alone = Entry.objects.filter(candidate=entry.candidate_id).count() == 1
    return alone and address.startswith("/adresse/")


def identified(entry):
    client = Client()
    typed = {
        "number": entry.number,
        "birth_date": f"{entry.candidate.birth_date:%d/%m/%Y}",
        "access_code": access_code(entry),
    }
    assert client.post(reverse("results:lookup"), typed).status_code == 302
    return client


def test_codes_and_contradictions_are_seen():
    page = '<html lang="fr"><p>incomplet (MISSING:U7)</p><img alt="None"><pre>ADMITTED</pre></html>'
    assert [word.split(" in ")[0] for word in code_words(page, coded_values())] == [
        "MISSING:U",
        "None",
    ]
    assert code_words("<p>Résultat ADMITTED</p>", coded_values())
    assert code_words("<p>MarkEvent object (12)</p>", coded_values())
    for french in ("Ajout de établissement", "Locked Out", "Peut voir log"):
        assert not_french(f"<p>{french}</p>"), french
    assert not_french("<p>Ajout de session, que onze ou oui</p>") == []
    told = [
        "Votre diplôme a été remis le 3 mai.",
        "Il vous attend.",
        "Il sera posté à votre adresse.",
    ]
    assert len(contradictions(told)) == 1
    assert contradictions(["Votre diplôme a été remis le 3 mai."]) == []
