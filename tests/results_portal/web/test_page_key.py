"""What pages show of the office is part of the key under which they are kept."""

import pytest

from results_portal.office.tables import NextStep
from results_portal.web.page_key import language_and_office


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OFFICE_NAME", "Maison des examens"),
        ("OFFICE_TELEPHONE", "01 23 45 67 89"),
        ("OFFICE_TRIBUNAL", "Tribunal administratif de Montreuil"),
        ("REGISTRATION_SITES", {"BTS": "https://example.org"}),
        ("NEXT_STEPS_LINKS", (NextStep("REFUSED", "BTS", "CIO", "https://example.org"),)),
    ],
)
def test_another_setting_of_the_office_makes_another_key(name, value, settings):
    before = language_and_office()
    assert hash(before) == hash(language_and_office())
    setattr(settings, name, value)
    assert language_and_office() != before
