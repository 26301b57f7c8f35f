"""The tour of README.md, walked on the demo as it is loaded today."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from diplomas import demo
from diplomas.models import CustodyEvent
from results.demo.presence import access_code, cast_entries
from results.document import verification_code
from results.models import PublishedResult, Release
from tests.results.screen import plain
from tests.staff import client_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.usefixtures("loaded_demo"),
]


@pytest.fixture
def cast():
    return {situation.key: (situation, entry) for situation, entry in cast_entries().items()}


@pytest.fixture
def identified(cast):
    """Return a browser in which one of the cast is identified, and the words of a page of it."""

    def identify(key):
        situation, entry = cast[key]
        client = Client()
        typed = {
            "number": entry.number,
            "birth_date": situation.born.strftime("%d/%m/%Y"),
            "access_code": access_code(entry),
        }
        assert (
            client.post("/resultats/", typed, HTTP_SEC_FETCH_SITE="same-origin").status_code == 302
        )
        return client

    return identify


def words(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return plain(answer.content.decode())


def in_words(moment, form="j F Y"):
    return date_format(timezone.localtime(moment), form)


@pytest.mark.slow
def test_one_release_opened_this_morning_one_opens_in_some_days_and_one_last_year():
    now = timezone.now()
    hours = {}
    for release in Release.objects.select_related("session"):
        hours.setdefault(release.session.code, []).append(release.opens_at)
    assert all(timedelta(0) <= now - hour < timedelta(days=1) for hour in hours["BTS-2026"])
    assert timedelta(days=5) < min(hours["BTS-2027"]) - now < timedelta(days=15)
    assert timedelta(days=300) < now - max(hours["BTS-2025"]) < timedelta(days=400)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            "public-school",
            ["Félicitations Camille, vous avez réussi !", "Les diplômes se retirent"],
        ),
        ("control", ["Rien n’est joué", "Dites votre choix au plus tard le", "ont lieu du"]),
        ("refused", ["Vous pouvez vous présenter de nouveau", "Les inscriptions seront ouvertes"]),
        ("withheld", ["Votre résultat n’est pas communiqué", "Ce que vous pouvez faire"]),
    ],
)
def test_each_reads_on_the_day_of_the_result_what_they_do_next(identified, key, said):
    page = words(identified(key), "/resultats/mon-resultat/")
    for sentence in said:
        assert sentence in page
    for never in ("Les oraux sont passés", "avant que ce résultat soit publié", "closes depuis"):
        assert never not in page


def test_a_score_sheet_is_downloaded_and_its_code_leads_to_the_portal(identified, cast):
    client = identified("public-school")
    sheet = client.get("/resultats/mon-resultat/releve.pdf")
    assert b"".join(sheet.streaming_content if sheet.streaming else [sheet.content])[:5] == b"%PDF-"
    row = PublishedResult.objects.get(entry=cast["public-school"][1])
    address = verification_code.address(row.verification_code)
    typed = address.split("/verifier/")[1].strip("/")
    shown = Client().post("/verifier/", {"code": typed}, follow=True)
    assert "Ce document est authentique" in plain(shown.content.decode())


def test_who_waits_reads_the_hour_whatever_the_result_will_be(identified):
    opens_at = Release.objects.filter(session__code="BTS-2027").first().opens_at
    pages = [
        words(identified(key), "/resultats/mon-resultat/") for key in ("waiting", "waiting-too")
    ]
    for page in pages:
        assert in_words(opens_at, "j F Y") in page
        assert "Les résultats ne sont pas encore ouverts" in page


def test_lists_have_the_names_of_the_admitted_who_consented(cast):
    _situation, entry = cast["public-school"]
    page = words(Client(), f"/listes/BTS-2026/{entry.speciality.code}/")
    assert "FOURNIER Camille Louise" in page
    for absent in ("TRAORÉ Moussa", "ROUSSEL Axel", "LAMBERT Maëlys"):
        assert absent not in page


def test_the_office_sees_what_the_coming_release_will_do_and_may_prepare_diplomas():
    office = client_of("manager")
    session = Release.objects.filter(session__code="BTS-2027").first().session_id
    lifecycle = words(office, f"/gestion/candidates/session/{session}/deroulement/")
    assert "BTS, session 2027" in lifecycle
    prepare = words(office, "/gestion/diplomas/dispatchbatch/preparer/")
    assert "BTS, session 2026" in prepare


@pytest.mark.parametrize("path", ["/adresse/", "/attestation/", "/adresse/courriels/", "/diplome/"])
def test_a_candidate_finds_the_pages_of_the_tour(identified, path):
    assert words(identified("public-school"), path)


def test_diplomas_are_under_way_on_different_days_with_numbers_of_their_own(identified, cast):
    numbers = list(
        CustodyEvent.objects.exclude(tracking="").order_by("pk").values_list("tracking", flat=True)
    )
    assert len(numbers) == len(set(numbers)) > 2
    days = set()
    for entry, _state in demo.tracked():
        steps = CustodyEvent.objects.filter(diploma__entry=entry).order_by("pk")
        days |= set(steps.values_list("day", flat=True))
    assert len(days) > 8
    page = words(identified("no-mention"), "/diplome/")
    assert "a été renvoyé" in page


@pytest.mark.slow
def test_lists_and_score_sheets_are_printed(tmp_path, cast):
    call_command("print_lists", "BTS-2026", to=tmp_path / "lists", processes=1, verbosity=0)
    assert list((tmp_path / "lists").glob("**/*.pdf"))
    one = {"entries": [cast["public-school"][1].number], "processes": 1, "verbosity": 0}
    call_command("print_score_sheets", "BTS-2026", to=tmp_path / "sheets", **one)
    assert list((tmp_path / "sheets").glob("**/*.pdf"))
