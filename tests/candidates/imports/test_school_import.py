from pathlib import Path

import pytest

from candidates.models import Academy, School
from tests import factories
from tests.office_files import run, write_csv

pytestmark = pytest.mark.django_db

DIRECTORY = Path(__file__).parents[2] / "fixtures/directory/annuaire-education-extrait.csv"
ROW = {
    "uai": "0750655E",
    "nom": "Lycée des Exemples",
    "secteur": "PUBLIC",
    "adresse": "1 rue de l’Exemple",
    "code_postal": "75005",
    "ville": "PARIS",
    "academie": "01",
}


@pytest.fixture
def schools(tmp_path):
    factories.academy("01")

    def load(*rows, arguments=(), **options):
        return run(
            "import_schools", write_csv(tmp_path / "e.csv", ROW, *rows, **options), *arguments
        )

    return load


def sectors(**having):
    return dict(School.objects.filter(**having).values_list("uai", "sector"))


def test_schools_are_created_then_changed_then_left_alone(schools):
    assert schools({}, {"uai": "0750654D", "secteur": "CFA"}).report == (
        "Établissements : créations : 2 ; modifications : 0 ; sans changement : 0."
    )
    assert schools({"ville": "PARIS 5"}, {"uai": "0750654D", "secteur": "CFA"}).report == (
        "Établissements : créations : 0 ; modifications : 1 ; sans changement : 1."
    )
    assert School.objects.get(uai="0750655E").city == "PARIS 5"
    assert schools({"ville": "PARIS 5"}).report.endswith("sans changement : 1.")


def test_a_dry_run_tells_and_writes_nothing(schools):
    schools({})
    report = schools({"nom": "Autre"}, {"uai": "0750654D"}, arguments=["--dry-run"]).report
    assert report == (
        "À blanc, rien n’est enregistré. "
        "Établissements : créations : 1 ; modifications : 1 ; sans changement : 0.\n"
        "  à créer, ligne 3\n"
        "  à modifier, ligne 2 (nom)"
    )
    assert list(School.objects.values_list("name", flat=True)) == ["Lycée des Exemples"]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (
            {"uai": "0750655F"},
            "2: uai: « 0750655F » : la lettre de contrôle d’un UAI est fausse : "
            "0750655 finit par E",
        ),
        (
            {"secteur": "PRIVE"},
            "2: secteur: « PRIVE » : attendu : "
            "PUBLIC, PRIVE_SOUS_CONTRAT, PRIVE_HORS_CONTRAT, CFA, DISTANCE",
        ),
        ({"academie": "98"}, "2: academie: « 98 » : académie inconnue"),
        ({"nom": ""}, "2: nom: cette valeur est obligatoire"),
    ],
)
def test_a_wrong_school_is_refused_and_nothing_is_written(schools, row, error):
    found = schools(row, {"uai": "0750654D"})
    assert found.refused
    assert found.errors[0] == error
    assert not School.objects.exists()


def test_a_school_twice_in_the_file_is_refused_with_both_lines(schools):
    assert schools({}, {"nom": "Autre"}).errors[0] == (
        "3: uai: « 0750655E » : cet UAI est déjà à la ligne 2"
    )


def test_the_national_directory_loads_as_it_is():
    found = run("import_schools", DIRECTORY)
    assert found.errors == []
    assert found.report.splitlines() == [
        "Établissements : créations : 29 ; modifications : 0 ; sans changement : 0.",
        "  3 × annexes d’un établissement déjà lu, laissés de côté",
        "  2 × centres d’information et d’orientation, laissés de côté",
        "  2 × services administratifs, laissés de côté",
        "  7 × écoles du premier degré, laissés de côté",
        "  2 établissements privés au contrat inconnu, tenus pour hors contrat : "
        "0352813T, 0352371M",
    ]
    again = run("import_schools", DIRECTORY)
    assert "créations : 0 ; modifications : 0 ; sans changement : 29." in again.report


ADDRESSES = Path(__file__).parents[2] / "cases/d12-adresse-et-geolocalisation-extrait.csv"
LABELS = (
    "Code établissement;Appellation officielle;Dénomination principale;Patronyme uai;"
    "Secteur Public/Privé;Adresse;Lieu dit;Boite postale;Code postal;Localite d'acheminement;"
    "Commune;Coordonnee X;Coordonnee Y;EPSG;Latitude;Longitude;Qualité d'appariement;Localisation;"
    "Code nature;Nature;Code état établissement;Etat établissement;Code département;Code région;"
    "Code académie;Code commune;Département;Région;Académie;Position;"
    "secteur_prive_code_type_contrat;secteur_prive_libelle_type_contrat;Code ministère;Ministère;"
    "date ouverture"
)


@pytest.mark.parametrize("labels", [False, True], ids=["names", "labels"])
def test_the_national_file_of_addresses_loads_as_well(tmp_path, labels):
    header, *rows = ADDRESSES.read_text(encoding="utf-8-sig").splitlines()
    rows.append(rows[1].replace(";340;COLLEGE;", ";151;ECOLE DE NIVEAU ELEMENTAIRE;"))
    rows.append(rows[1].replace(";OUVERT;", ";FERME;"))
    path = tmp_path / "etablissements.csv"
    path.write_text("\n".join([LABELS if labels else header, *rows]), encoding="utf-8")
    found = run("import_schools", path)
    assert found.errors == []
    assert found.report.splitlines()[1:] == [
        "  1 × écoles du premier degré, laissés de côté",
        "  1 × établissements fermés, laissés de côté",
    ]
    assert sectors() == {
        "0071168G": "PRIVE_SOUS_CONTRAT",
        "0071245R": "PUBLIC",
        "0071246S": "PUBLIC",
    }
    school = School.objects.select_related("academy").get(uai="0071246S")
    assert (school.name, school.address, school.postcode, school.city, school.academy.name) == (
        "Collège Bernard de Ventadour",
        "252 avenue PIERRE BOZON, BP 720",
        "07000",
        "PRIVAS",
        "Grenoble",
    )


def test_a_letter_lost_in_the_directory_is_refused_and_located(tmp_path):
    path = tmp_path / "annuaire.csv"
    rows = DIRECTORY.read_text(encoding="utf-8-sig")
    path.write_text(rows.replace("Lycée Assomption", "Lyc?e Assomption"), encoding="utf-8")
    found = run("import_schools", path)
    assert found.refused
    assert ": nom_etablissement: « Lyc?e Assomption » : " in found.errors[0]
    assert not School.objects.exists()


def test_a_letter_lost_in_a_file_of_schools_is_refused_and_located(schools):
    found = schools({"nom": "Lycée du SacrÃ©-Cœur"})
    assert found.errors[0].startswith("2: nom: « Lycée du SacrÃ©-Cœur » : « Ã© »")


def test_the_sector_is_derived_from_status_and_contract():
    run("import_schools", DIRECTORY)
    public = sectors(name__in=["Lycée Maupertuis", "Lycée maritime Florence Arthaud"])
    assert set(public.values()) <= {"PUBLIC"}
    assert sectors(uai="0352072M") == {"0352072M": "PRIVE_SOUS_CONTRAT"}
    assert sectors(uai="0351962T") == {"0351962T": "PRIVE_SOUS_CONTRAT"}  # agricultural
    assert sectors(uai="0352813T") == {"0352813T": "PRIVE_HORS_CONTRAT"}  # contract unknown
    assert set(School.objects.values_list("sector", flat=True)) == {
        "PUBLIC",
        "PRIVE_SOUS_CONTRAT",
        "PRIVE_HORS_CONTRAT",
    }


def test_a_school_on_several_rows_is_the_one_that_is_no_annexe():
    run("import_schools", DIRECTORY)
    assert School.objects.get(uai="0350778F").name == "Lycée Assomption"
    assert School.objects.get(uai="0350852L").name == "Collège Saint-Joseph"
    assert School.objects.get(uai="0352072M").name == (
        "Lycée polyvalent Institution Saint-Malo La Providence"
    )


def test_an_address_of_the_directory_does_not_repeat_postcode_and_town():
    run("import_schools", DIRECTORY)
    school = School.objects.get(uai="0352813T")
    assert (school.address, school.postcode, school.city) == (
        "17 rue DU BIGNON ZI SUD-EST",
        "35000",
        "Rennes",
    )


def test_an_academy_that_only_the_directory_knows_is_created_unmanaged(tmp_path):
    text = DIRECTORY.read_text(encoding="utf-8-sig").replace(";14;53;", ";4;53;")
    path = tmp_path / "annuaire.csv"
    path.write_text(text.replace(";Rennes;Bretagne", ";Exemplie;Bretagne"))
    Academy.objects.filter(code="04").delete()
    assert run("import_schools", path).errors == []
    academy = Academy.objects.get(code="04")
    assert (academy.name, academy.managed) == ("Exemplie", False)
