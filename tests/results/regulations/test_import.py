import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from candidates.models import Speciality
from results.jury.deliberation import deliberate
from results.models import Mark, Regulation
from results.models import Test as Unit
from results.publication import release
from results.regulations import files, rulebook
from tests import factories
from tests.office_files import plain, run
from tests.results.regulations.test_files import EVERY_KEY
from tests.results.sheets import ONE_OF_EACH

pytestmark = pytest.mark.django_db

REGULATION = """\
exam = "BTS"
code = "MINI"
label = "Une spécialité"
from_session = 2026
pass_mark = 10
absence = "eliminatory"
[[tests]]
code = "U1"
label = "Culture générale"
coefficient = 1.5
group = "general"
[[tests]]
code = "U2"
label = "Pratique"
coefficient = 3
group = "professional"
"""


@pytest.fixture
def file(tmp_path):
    def file(text, name="mini.toml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


def test_a_regulation_is_loaded_then_left_alone_then_updated(file):
    assert run("import_regulation", file(REGULATION)).report == "MINI : enregistré."
    assert run("import_regulation", file(REGULATION)).report == "MINI : sans changement."
    again = run("import_regulation", file(REGULATION.replace("Pratique", "Métier")))
    assert again.report == "MINI : enregistré."
    assert list(Unit.objects.order_by("position").values_list("code", "label")) == [
        ("U1", "Culture générale"),
        ("U2", "Métier"),
    ]


def test_the_regulations_that_come_with_the_portal_load(db):
    found = run("import_regulation", *ONE_OF_EACH)
    assert not found.status
    assert found.errors == ["DSCG-2027 : règlement à vérifier avant de publier."]
    assert Speciality.objects.count() == len(ONE_OF_EACH) >= 5
    brevet = rulebook.load(Speciality.objects.get(code="DNB-G-2026")).regulation
    assert list(brevet.shares) == ["continuous", "terminal"]
    checked = Regulation.objects.filter(checked=True).count()
    assert checked == len(ONE_OF_EACH) - 1


@pytest.mark.long
def test_every_regulation_that_comes_with_the_portal_comes_back_from_the_tables():
    run("import_regulation", *files.shipped_files())
    for path in files.shipped_files():
        regulation = files.parse_regulation(path.read_text(encoding="utf-8"), name=path.name)
        speciality = Speciality.objects.get(code=regulation.code)
        assert rulebook.load(speciality).regulation == regulation


def test_what_a_file_says_comes_back_from_the_tables(file):
    path = file(EVERY_KEY)
    assert run("import_regulation", path).report == "XYZ-2026 : enregistré."
    assert run("import_regulation", path).report == "XYZ-2026 : sans changement."
    stored = rulebook.load(Speciality.objects.get()).regulation
    assert stored == files.parse_regulation(EVERY_KEY, name="essai.toml")


def test_a_regulation_may_be_noted_as_checked_after_it_decided(file):
    path = file(REGULATION)
    run("import_regulation", path)
    entry = factories.entry(speciality=Speciality.objects.get(), marks={"U1": "12", "U2": "12"})
    deliberate(entry.session)
    release.schedule(entry.session)
    file('status = "checked"\n' + REGULATION)
    assert run("import_regulation", path).report == "MINI : enregistré."
    assert Regulation.objects.get().checked


def test_the_text_that_has_blocks_attested_may_be_added_after_it_decided(file):
    path = file(REGULATION)
    run("import_regulation", path)
    entry = factories.entry(speciality=Speciality.objects.get(), marks={"U1": "12", "U2": "12"})
    deliberate(entry.session)
    release.schedule(entry.session)
    file(REGULATION.replace("[[tests]]", '[kept]\nblocks = "article D. 643-15"\n[[tests]]', 1))
    assert run("import_regulation", path).report == "MINI : enregistré."
    assert Regulation.objects.get().kept_blocks == "article D. 643-15"


def test_one_wrong_file_among_several_leaves_everything_as_it_was(file):
    good = file(REGULATION)
    wrong = file(REGULATION.replace("= 3", '= "trois"').replace("MINI", "AUTRE"), "autre.toml")
    with pytest.raises(CommandError) as caught:
        call_command("import_regulation", str(good), str(wrong), str(wrong) + ".absent")
    lines = plain(str(caught.value)).splitlines()
    assert lines[0].startswith(f"{wrong}:15: ")
    assert lines[1] == (f"{wrong}.absent:1: fichier: fichier illisible (No such file or directory)")
    assert not Speciality.objects.exists()


def test_a_test_with_marks_is_not_removed(file):
    path = file(REGULATION)
    run("import_regulation", path)
    factories.entry(speciality=Speciality.objects.get(), marks={"U2": "12"})
    file(REGULATION[: REGULATION.rindex("[[tests]]")])
    found = run("import_regulation", path)
    assert found.errors == ["1: MINI: une épreuve retirée du règlement a déjà des notes"]
    assert Unit.objects.count() == 2


def test_rules_that_decided_announced_results_are_frozen(file):
    path = file(REGULATION)
    run("import_regulation", path)
    entry = factories.entry(speciality=Speciality.objects.get(), marks={"U1": "12", "U2": "12"})
    deliberate(entry.session)
    release.schedule(entry.session)
    file(REGULATION.replace("coefficient = 3", "coefficient = 4"))
    found = run("import_regulation", path)
    assert found.errors == [
        "1: MINI: ce règlement a servi à des résultats programmés ou publiés : il est figé"
    ]


KEPT_FROM_8 = REGULATION.replace("[[tests]]", "[kept]\nfrom_mark = 8\n[[tests]]", 1)


def test_from_which_mark_one_is_kept_stays_while_kept_marks_rest_on_it(file):
    run("import_regulation", file(KEPT_FROM_8))
    entry = factories.entry(speciality=Speciality.objects.get(code="MINI"))
    factories.give_marks(entry, {"U1": "BEN8/2025", "U2": "REP7.99/2025"})
    for other in ("8.01", "7.99"):
        with pytest.raises(CommandError, match="contredisent « from_mark »"):
            call_command("import_regulation", file(KEPT_FROM_8.replace("= 8", f"= {other}")))
    assert Regulation.objects.get().kept_from_mark == 8
    Mark.objects.filter(test__code="U2").delete()
    assert "enregistré" in run("import_regulation", file(KEPT_FROM_8.replace("= 8", "= 6"))).report


@pytest.mark.parametrize("wrong", [{"U1": "BEN7.99/2025"}, {"U2": "REP8/2025"}])
def test_the_database_holds_benefit_and_report_apart_where_the_regulation_does(file, wrong):
    run("import_regulation", file(KEPT_FROM_8))
    entry = factories.entry(speciality=Speciality.objects.get(code="MINI"))
    with pytest.raises(IntegrityError, match="where a mark is kept from 8"), transaction.atomic():
        factories.give_marks(entry, wrong)
    assert not Mark.objects.exists()
