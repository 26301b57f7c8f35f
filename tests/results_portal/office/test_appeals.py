"""Ways of appeal: the tribunal of the office, and when its silence refuses."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from results_portal.office import appeals
from tests.results.screen import plain

TRIBUNAL = "Tribunal administratif de Montreuil|7 rue Catherine Puig|93100 Montreuil"
TEMPLATES = ["includes/appeal.html", "includes/mail/appeal.html", "includes/mail/appeal.txt"]
every_template = pytest.mark.parametrize("template", TEMPLATES)


@pytest.mark.parametrize(
    ("received", "refused"),
    [
        ("2026-07-02", "2026-09-02"),
        ("2026-11-30", "2027-01-30"),
        ("2026-12-31", "2027-02-28"),
        ("2027-12-31", "2028-02-29"),
        ("2026-10-31", "2026-12-31"),
    ],
)
def test_silence_refuses_after_two_months(received, refused):
    day = date.fromisoformat
    assert appeals.silence_refuses_on(day(received)) == day(refused)


@every_template
def test_the_tribunal_is_that_of_the_office(template, settings):
    settings.OFFICE_TRIBUNAL = TRIBUNAL
    text = plain(render_to_string(template))
    assert "Tribunal administratif de Montreuil" in text
    assert "93100 Montreuil" in text
    assert "compétent" not in text


@every_template
def test_without_its_name_it_is_the_competent_one(template):
    text = plain(render_to_string(template))
    assert "le tribunal administratif compétent, dans les deux mois" in text
    assert "https://www.telerecours.fr/" in text


@every_template
def test_the_ways_of_appeal_are_told_in_english(template):
    with override("en"):
        text = plain(render_to_string(template))
    assert "administrative court, within two months" in text
    assert "free of charge" in text
