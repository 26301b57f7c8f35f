"""Pages and files of figures: the office's complete, the public's from the hour on."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from candidates.editions.kinds import Order
from candidates.jobs.work import JobRefused
from candidates.models import Entry
from results.jury.deliberation import deliberate
from results.models import Release
from results.publication import release
from results.statistics import figures
from results.statistics.edition import FIGURES, FiguresForm
from tests import factories
from tests.results.statistics.conftest import LARGE, enter
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def last_year(db):
    """Last year's session: fewer were admitted in the large school."""
    session = factories.session("BTS-2025", year=2025)
    large = factories.school(LARGE)
    enter(6, factories.ADMITTED, session=session, school=large)
    enter(24, factories.REFUSED, session=session, school=large)
    deliberate(session)
    return session


def office_page(session):
    return reverse("admin:candidates_session_figures", args=[session.pk])


def text(client, address):
    return text_of(client.get(address)).replace("\u202f", " ").replace("\u00a0", " ")


def test_the_public_reads_figures_from_the_hour_on(office, last_year, client):
    release.schedule(last_year)
    release.schedule(office, at=timezone.now() + timedelta(hours=2))
    pages = ["/chiffres/BTS-2026/", "/chiffres/BTS-2026/MINI/"]
    for address in [*pages, "/chiffres/BTS-2031/", "/chiffres/BTS-2026/AUTRE/"]:
        assert client.get(address).status_code == 404
    Release.objects.filter(session=office).update(opens_at=timezone.now())
    assert 'href="/chiffres/BTS-2026/"' in text(client, "/listes/")
    whole, one = (text(client, address) for address in pages)
    for page in (whole, one):
        assert "63,6 %" in page  # 21 of 33
        assert "2025 : 20,0 %" in page
        assert "style=" not in page
    assert 'href="/chiffres/BTS-2026/MINI/"' in whole
    assert "non communiqué" in one
    assert "2 lignes non communiquées." in one  # both schools: all but them are six people
    assert "Lycée des Trois" not in one
    assert client.get("/chiffres/BTS-2026/AUTRE/").status_code == 404


def test_public_pages_ask_few_questions(office, last_year, client, django_assert_max_num_queries):
    release.schedule(last_year)
    release.schedule(office)
    for address in ("/chiffres/BTS-2026/", "/chiffres/BTS-2026/MINI/"):
        with django_assert_max_num_queries(10, using="public"):
            client.get(address)


def test_the_office_reads_complete_figures_before_the_hour_under_a_banner(office, last_year):
    page = text(client_of("manager"), office_page(office))
    assert "Les candidats ne voient pas encore ceci" in page
    assert "Lycée des Trois" in page
    assert "100,0 %" in page  # the small school, which the public never reads
    assert "Par établissement, Lycée des Quarante, PARIS : 66,7 %, contre 20,0 %" in page
    release.schedule(office)
    page = text(client_of("manager"), office_page(office))
    assert "Les candidats ne voient pas encore ceci" not in page
    assert 'href="/chiffres/BTS-2026/"' in page


def test_only_those_who_read_decisions_read_figures(office):
    seen = {
        role: client_of(role).get(office_page(office)).status_code
        for role in ("manager", "operator", "secretary", "auditor", "administrator", "anonymous")
    }
    assert seen == {
        "manager": 200,
        "operator": 200,
        "secretary": 200,
        "auditor": 200,
        "administrator": 403,
        "anonymous": 302,
    }
    alone = member("sees sessions alone")
    alone.user_permissions.add(
        Permission.objects.get(content_type__app_label="candidates", codename="view_session")
    )
    assert client_of("sees sessions alone").get(office_page(office)).status_code == 403
    assert (
        client_of("manager").get(office_page(office).replace(str(office.pk), "0")).status_code
        == 404
    )


def test_figures_of_a_session_take_few_questions(office, last_year, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        found = figures.of_session(office)
    assert figures.jumps(office) == found.jumps
    assert {row.figure.group.table for row in found.jumps} >= {"school", "speciality", "exam"}


def table_of(folder, session, **options):
    form = FiguresForm(options, session=session)
    assert form.is_valid(), form.errors
    FIGURES.make(Order(session, folder, form.cleaned_data, lambda step: lambda done, total: None))
    (path,) = folder.iterdir()
    return path


def test_the_offices_file_is_complete_and_no_cell_is_a_formula(office, last_year, tmp_path):
    Entry.objects.filter(session=office).update(centre="=1+1")
    path = table_of(tmp_path, office, wanted="office", format=".xlsx")
    header, *rows = openpyxl.load_workbook(path).active.iter_rows()
    names = [cell.value for cell in header]
    (centre,) = [row for row in rows if row[1].value == "=1+1"]
    assert (centre[2].value, centre[2].data_type) == ("=1+1", "s")
    (large,) = [row for row in rows if row[1].value == LARGE]
    values = dict(zip(names, (cell.value for cell in large), strict=True))
    assert (values["presents"], values["admis"], values["a_regarder"]) == (27, 18, "O")
    assert (values["taux"], values["taux_precedent"]) == (66.7, 20)


def test_the_file_to_publish_holds_what_the_public_reads_and_no_more(office, tmp_path):
    release.schedule(office, at=timezone.now() + timedelta(hours=2))
    with pytest.raises(JobRefused):
        table_of(tmp_path, office, wanted="public", format=".csv")
    Release.objects.update(opens_at=timezone.now())
    for left in tmp_path.iterdir():
        left.unlink()
    path = table_of(tmp_path, office, wanted="public", format=".csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    told = {row["code"]: row["admis"] for row in rows if row["communique"] == "O"}
    assert told == {"MINI": "21"}
    assert all(not row["presents"] for row in rows if row["communique"] == "N")
    assert LARGE in {row["code"] for row in rows}
