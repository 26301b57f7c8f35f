"""Tables in the settings: read at start, refused with what should be written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from candidates.models import Entry
from results_portal.office import tables

ROOT = Path(__file__).resolve().parents[3]
SITE = "https://inscriptions.example.org/bts"


def test_each_exam_has_its_site_and_the_star_those_of_all_others(settings):
    settings.REGISTRATION_SITES = tables.read_registration_sites(
        f" BTS = {SITE} , bac_pro=https://pro.example.org,*=https://example.org/?a=b"
    )
    assert tables.registration_site("BTS") == SITE
    assert tables.registration_site("BAC PRO") == "https://pro.example.org"
    assert tables.registration_site("DNB") == "https://example.org/?a=b"


def test_without_a_star_other_exams_have_none(settings):
    settings.REGISTRATION_SITES = tables.read_registration_sites(f"BTS={SITE}")
    assert tables.registration_site("BAC") == ""
    assert tables.read_registration_sites("") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://example.org", "“https://example.org” is not like BTS="),
        ("BTS", "“BTS” is not like"),
        ("BTS=", "“BTS=” is not like"),
        ("BTS=inscriptions.example.org", "“inscriptions.example.org” is no address"),
        ("BTS=http://example.org", "“http://example.org” is no address"),
        ("BTS=https://", "“https://” is no address"),
        ("BTS=https://a.example b", "no address"),
        ("BTS=javascript:alert(1)", "no address"),
        (f"BTS={SITE},bts={SITE}", "bts is given twice"),
    ],
)
def test_a_table_of_sites_that_cannot_be_read_is_refused(text, said):
    with pytest.raises(ImproperlyConfigured, match=r"^REGISTRATION_SITES: ") as refused:
        tables.read_registration_sites(text)
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["APPRENTI", "CFA=HOME", "APPRENTI=ELSEWHERE", "APPRENTI="])
def test_a_route_is_of_a_status_and_leads_somewhere(text):
    with pytest.raises(ImproperlyConfigured, match=r"^DIPLOMA_ROUTES: "):
        tables.read_diploma_routes(text)


def test_links_beyond_the_office_are_of_a_verdict_and_an_exam(settings):
    settings.NEXT_STEPS_LINKS = tables.read_next_steps(
        "REFUSED:BAC=Parcoursup, suite|https://www.parcoursup.fr/;REFUSED:*=CIO|https://cio.example;"
        "*:BTS=Mission locale|https://ml.example"
    )

    def labels(verdict, exam):
        return [step.label for step in tables.next_steps(verdict, exam)]

    assert labels("REFUSED", "BAC") == ["Parcoursup, suite", "CIO"]
    assert labels("REFUSED", "BTS") == ["CIO", "Mission locale"]
    assert labels("ADMITTED", "BAC") == []


@pytest.mark.parametrize(
    "text",
    ["REFUSED=CIO|https://cio.example", "REFUSED:BAC=https://cio.example", "REFUSED:BAC=CIO|cio"],
)
def test_a_link_beyond_the_office_that_cannot_be_read_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match=r"^NEXT_STEPS_LINKS: "):
        tables.read_next_steps(text)


def test_the_portal_does_not_start_with_a_table_that_cannot_be_read():
    started = subprocess.run(
        [sys.executable, "-c", "from results_portal import settings"],
        cwd=ROOT,
        env={**os.environ, "REGISTRATION_SITES": "BTS"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "REGISTRATION_SITES: “BTS” is not like BTS=https://…" in started.stderr


def test_the_statuses_are_those_of_entries():
    assert set(tables.STATUSES) == set(Entry.Status.values)
