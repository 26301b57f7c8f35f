import pytest

from candidates.models import Academy
from tests.staff import migrate_again

pytestmark = pytest.mark.django_db


def test_every_installation_knows_the_academies_and_manages_its_three():
    assert Academy.objects.count() == 30
    managed = Academy.objects.filter(managed=True).values_list("code", flat=True)
    assert list(managed.order_by("code")) == ["01", "24", "25"]
    assert Academy.objects.get(code="02").rectorat == "Rectorat de l’académie d’Aix-Marseille"


def test_what_the_office_wrote_of_an_academy_outlives_a_migration():
    Academy.objects.filter(code="10").update(name="Lyon et environs", address="1 rue du Test")
    Academy.objects.filter(code="27").delete()
    migrate_again()
    kept = Academy.objects.get(code="10")
    assert (kept.name, kept.address) == ("Lyon et environs", "1 rue du Test")
    assert Academy.objects.filter(code="27").exists()
