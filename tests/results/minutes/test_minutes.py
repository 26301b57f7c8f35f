"""The minutes of a jury and its signature sheet: what they say, of whom, and who makes them."""

import io

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Job
from results.jury.deliberation import deliberate
from results.minutes import papers
from results.minutes.contents import minutes
from results.models import ExaminedBooklet, JuryDecision, JurySitting, Regulation
from results_portal.settings import STORAGES
from tests import factories
from tests.jobs import work
from tests.results.pages import texts
from tests.results.tagged import tree
from tests.staff import client_of, member, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sat():
    """A session decided, of which the jury has raised one; the regulation asks for records."""
    people = {
        "admitted": factories.entry(marks=factories.ADMITTED),
        "raised": factories.entry(marks=factories.CONTROL),
        "refused": factories.entry(marks=factories.REFUSED),
        "withheld": factories.entry(marks=factories.ADMITTED, withheld=True),
    }
    raised = people["raised"]
    Regulation.objects.update(booklet=True)
    JuryDecision.objects.create(
        entry=raised, round=1, points=3, reason="Assiduité.", author=member("manager")
    )
    deliberate(raised.session)
    JurySitting.objects.create(
        session=raised.session,
        speciality=raised.speciality,
        president="Mme Ba",
        members="M. Ory, professeur\nMme Lys, professionnelle",
        place="Lyon",
        incidents="Alarme incendie à 10 h.",
        author=member("manager"),
    )
    return people


def made(sat, **options):
    entry = sat["raised"]
    return minutes(entry.session, entry.speciality, **{"round": 1, "named": False} | options)


def text(pdf):
    return " ".join(" ".join(texts(pdf)).split())


def address(entry):
    return reverse("admin:candidates_session_sitting", args=[entry.session_id, entry.speciality_id])


def test_the_minutes_say_who_sat_what_happened_and_what_was_decided(sat):
    said = text(papers.minutes_pdf(made(sat)))
    for words in ["Mme Ba", "M. Ory, professeur", "Alarme incendie", "Lyon", "page 1 sur"]:
        assert words in said
    assert "3,00 Assiduité. admis" in said
    assert "10,00" in said
    assert f"Livrets non cochés comme examinés (1) : {sat['refused'].number}" in said
    assert "DUPONT" not in said
    assert "DUPONT" in text(papers.minutes_pdf(made(sat, named=True)))
    withheld = next(line for line in made(sat).lines if line.number == sat["withheld"].number)
    assert withheld.marks == []
    ExaminedBooklet.objects.create(entry=sat["refused"], by=member("manager"))
    assert made(sat).unexamined == []
    assert made(sat, round=2) is None


def test_long_minutes_repeat_headings_number_pages_and_are_tagged(sat):
    for _ in range(110):
        factories.entry(marks=factories.REFUSED)
    deliberate(sat["raised"].session)
    with CaptureQueriesContext(connection) as queries:
        found = made(sat)
    assert len(queries) <= 14
    pdf = papers.minutes_pdf(found)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        count = len(opened.pages)
        assert opened.Root.Lang == "fr"
        assert "Procès-verbal" in str(opened.docinfo["/Title"])
    pages = texts(pdf)
    assert count > 3
    assert all(f"page {n} sur {count}" in " ".join(page.split()) for n, page in enumerate(pages, 1))
    assert all("Procès-verbal de délibération" in " ".join(page.split()) for page in pages)
    assert all("Moyenne" in page for page in pages[2:-1])
    assert "TH" in repr(tree(pdf))


def test_each_member_has_a_line_to_sign(sat):
    said = text(papers.signatures_pdf(made(sat)))
    assert "Mme Ba président du jury" in said
    assert "Mme Lys professionnelle" in said
    JurySitting.objects.all().delete()
    assert "Président du jury : ____" in text(papers.signatures_pdf(made(sat)))


def test_a_secretary_types_the_sitting_and_ticks_records_an_auditor_reads(sat):
    secretary, auditor, entry = client_of("secretary"), client_of("auditor"), sat["refused"]
    data = {"president": "M. Roy", "held_on": "31/02/2026", "members": "", "incidents": ""}
    assert "errornote" in text_of(secretary.post(address(entry), data))
    data |= {"held_on": "30/06/2026", "booklet": [entry.pk]}
    assert secretary.post(address(entry), data).status_code == 302
    sitting = JurySitting.objects.get()
    assert (sitting.president, sitting.author.username) == ("M. Roy", "secretary")
    assert [one.entry for one in ExaminedBooklet.objects.all()] == [entry]
    with connection.cursor() as cursor:  # what it was before is kept
        cursor.execute("SELECT president FROM results_jurysittingevent")
        assert cursor.fetchall() == [("Mme Ba",)]
    secretary.post(address(entry), data | {"booklet": []})
    assert not ExaminedBooklet.objects.exists()
    secretary.post(address(entry), data | {"_all": "1"})
    assert ExaminedBooklet.objects.count() == 1
    assert "M. Roy" in text_of(auditor.get(address(entry)))
    assert auditor.post(address(entry), data).status_code == 403
    assert client_of("operator").post(address(entry), data).status_code == 403


@pytest.mark.long
def test_the_minutes_are_an_edition_and_the_release_says_which_records_are_not_ticked(
    sat, settings, tmp_path
):
    settings.WORK_DIR = tmp_path / "work"
    options = STORAGES["default"]["OPTIONS"] | {"location": tmp_path / "stored"}
    settings.STORAGES = settings.STORAGES | {"default": STORAGES["default"] | {"OPTIONS": options}}
    secretary, session = client_of("secretary"), sat["raised"].session
    page = reverse("admin:candidates_session_editions", args=[session.pk])
    asked = {"edition": "minutes", "minutes-speciality": "MINI", "minutes-round": "1"}
    secretary.post(page, asked)
    work()
    job = Job.objects.latest("pk")
    assert job.state == "DONE"
    shown = text_of(secretary.get(reverse("admin:candidates_job_change", args=[job.pk])))
    assert "1 livret n’est pas coché comme examiné" in shown
    file = reverse("admin:candidates_job_file", args=[job.pk])
    assert b"".join(secretary.get(file).streaming_content)[:4] in (b"%PDF", b"PK\x03\x04")
    schedule = reverse("admin:candidates_session_schedule", args=[session.pk])
    speciality = sat["raised"].speciality_id
    release = {"round": "1", "when": "now", "specialities": [speciality]}
    answer = text_of(client_of("manager").post(schedule, release))
    assert "le livret scolaire de 1 candidat n’est pas coché" in answer
