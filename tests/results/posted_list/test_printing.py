import csv
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from results.jury.deliberation import deliberate
from results.models import Release
from results.posted_list.printing import NothingScheduled, posted_lists, print_posted_lists
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.results.pages import texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def discreet_people():
    """One entry in each situation; nobody accepts the list on the web."""
    return factories.cast(web_consent=False)


@pytest.fixture
def discreet_session(discreet_people):
    deliberate(discreet_people["admitted"].session)
    return discreet_people["admitted"].session


def schedule(session):
    release.schedule(session, at=timezone.now() + timedelta(hours=2))
    return Release.objects.get(session=session, round=1)


def families(posted):
    return sorted(family for family, _ in posted.names)


def test_a_list_carries_every_admitted_candidate_and_nobody_else(discreet_session):
    (posted,) = posted_lists(schedule(discreet_session))
    assert families(posted) == ["ALBERT", "FAURE"]
    assert posted.posting_place == "Lycée des Exemples"


def test_a_withheld_candidate_is_on_no_list_and_makes_no_list(discreet_session):
    factories.entry(
        marks=factories.ADMITTED,
        withheld=True,
        birth_name="GIRARD",
        posting_place="Lycée isolé",
        session=discreet_session,
    )
    deliberate(discreet_session)
    (posted,) = posted_lists(schedule(discreet_session))
    assert "GIRARD" not in families(posted)
    assert posted.posting_place == "Lycée des Exemples"


def test_a_place_where_nobody_is_admitted_has_an_empty_list(discreet_session):
    factories.entry(marks=factories.REFUSED, posting_place="Lycée B", session=discreet_session)
    deliberate(discreet_session)
    lists = {posted.posting_place: posted for posted in posted_lists(schedule(discreet_session))}
    assert lists["Lycée B"].names == []


def test_a_corrected_result_counts_as_it_is_now(discreet_people, discreet_session):
    release.schedule(discreet_session)
    entry = discreet_people["admitted"]
    jury = User.objects.create(username="jury")
    with correction(entry, by=jury, reason="Note mal reportée."):
        entry.marks.filter(test__code="U3").update(value=200)
    (posted,) = posted_lists(Release.objects.get(session=discreet_session))
    assert families(posted) == ["FAURE"]


@pytest.mark.long
def test_lists_are_printed_before_the_hour_and_state_it(discreet_session, tmp_path):
    opens_at = timezone.localtime(schedule(discreet_session).opens_at)
    report = print_posted_lists(discreet_session, tmp_path, processes=1)
    assert report.written == ["liste-MINI-lycee-des-exemples.pdf"]
    (page,) = texts((tmp_path / report.written[0]).read_bytes())
    assert "A ALBERT Léa F FAURE Léa" in page
    assert opens_at.strftime("%H h %M") in page or f"{opens_at.hour} h" in page
    with (tmp_path / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert (row["fichier"], row["lieu_affichage"], row["admis"]) == (
        "liste-MINI-lycee-des-exemples.pdf",
        "Lycée des Exemples",
        "2",
    )


def test_places_whose_names_read_alike_have_files_of_their_own(discreet_session, tmp_path):
    for place in ("Lycée A", "lycee a", ""):
        factories.entry(marks=factories.ADMITTED, posting_place=place, session=discreet_session)
    deliberate(discreet_session)
    schedule(discreet_session)
    report = print_posted_lists(discreet_session, tmp_path, processes=1)
    assert report.written == [
        "liste-MINI-lycee-a-2.pdf",
        "liste-MINI-lycee-a.pdf",
        "liste-MINI-lycee-des-exemples.pdf",
        "liste-MINI-sans-lieu.pdf",
    ]


def test_nothing_is_printed_before_anything_is_scheduled(discreet_session, tmp_path):
    with pytest.raises(NothingScheduled):
        print_posted_lists(discreet_session, tmp_path, processes=1)


def test_a_withdrawn_release_has_no_list(discreet_session, tmp_path):
    withdrawn = schedule(discreet_session)
    Release.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now())
    with pytest.raises(NothingScheduled):
        print_posted_lists(discreet_session, tmp_path, processes=1)


def test_the_command_prints_twice_without_changing_anything(discreet_session, tmp_path, capsys):
    schedule(discreet_session)
    for _ in range(2):
        call_command("print_lists", discreet_session.code, to=str(tmp_path), processes=1)
    assert capsys.readouterr().out.splitlines() == [
        "Listes : 1 écrites, 0 inchangées, 0 retirées.",
        "Listes : 0 écrites, 1 inchangées, 0 retirées.",
    ]


def test_the_command_says_why_it_prints_nothing(discreet_session, tmp_path):
    with pytest.raises(CommandError, match="aucune publication n’est programmée"):
        call_command("print_lists", discreet_session.code, to=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_command_leaves_the_files_of_another_session_alone(discreet_session, tmp_path):
    schedule(discreet_session)
    (tmp_path / "journal.jsonl").write_text('{"run": "listes BTS-2025"}\n')
    with pytest.raises(CommandError, match="listes BTS-2025"):
        call_command("print_lists", discreet_session.code, to=str(tmp_path), processes=1)
    assert [path.name for path in tmp_path.iterdir()] == ["journal.jsonl"]
