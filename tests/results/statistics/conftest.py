"""An office large enough for figures: one school of forty, one of three, and somebody alone."""

import pytest

from results.jury.deliberation import deliberate
from tests import factories

LARGE, SMALL = "0750655E", "0750001U"


def enter(number, marks, **values):
    return [factories.entry(marks=marks, **values) for _ in range(number)]


@pytest.fixture
def office(db):
    """The session of the office, deliberated, before anything is scheduled."""
    large = factories.school(LARGE, name="Lycée des Quarante")
    small = factories.school(SMALL, name="Lycée des Trois", sector="PRIVE_SOUS_CONTRAT")
    enter(12, factories.ADMITTED, school=large, birth_name="AMI")
    enter(6, factories.ADMITTED, school=large, birth_name="NOMMÉ", web_consent=True)
    enter(9, factories.REFUSED, school=large, birth_name="REFUSÉ")
    enter(3, factories.ADMITTED, school=small, birth_name="PEU")
    enter(3, factories.CONTROL, birth_name="SEUL", status="INDIVIDUEL")
    enter(1, factories.ADMITTED, birth_name="SUSPENDU", withheld=True, school=large)
    session = factories.session()
    deliberate(session)
    return session
