"""The downloaded score sheet: sealed, the same each time, and gone with its result."""

import datetime
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as tested
from django.db import connections
from django.urls import reverse

from results.gate.lookup import result_of
from results.models import PublishedResult, SealedScoreSheet
from results.publication import release
from results.score_sheet.printing import open_score_sheets, print_score_sheets, to_print
from results.score_sheet.sealed import sealed_score_sheet
from results.score_sheet.sheet import NoScoreSheet
from tests import factories, seals
from tests.databases import purge, refusing
from tests.granian import portal_environment
from tests.results.forgery import with_other_text
from tests.results.pages import texts

pytestmark = pytest.mark.django_db

# Downloads the sheets of the entries named in its arguments, and prints a digest of each file.
OTHER_PROCESS = """
import hashlib, sys
import django
django.setup()
from results.gate.lookup import result_of
from results.score_sheet.sealed import sealed_score_sheet
for entry in sys.argv[1:]:
    print(hashlib.sha256(sealed_score_sheet(result_of(int(entry)))).hexdigest())
"""


@pytest.fixture
def open_entry(open_people):
    return open_people["admitted"]


def download(client, entry):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    client.post(reverse("results:lookup"), typed)
    return client.get(reverse("results:score_sheet")).content


def test_what_a_candidate_downloads_is_sealed(client, open_entry):
    file = download(client, open_entry)
    assert seals.verdict(file).bottom_line
    assert "Moyenne sur 20 13,00" in texts(file)[0]


def test_the_same_file_is_downloaded_each_time(client, open_entry):
    assert download(client, open_entry) == download(client, open_entry)
    assert SealedScoreSheet.objects.count() == 1


def test_the_same_file_is_downloaded_after_a_key_is_replaced(client, open_entry, settings):
    before = download(client, open_entry)
    settings.ACCESS_CODE_KEY_OLD = settings.ACCESS_CODE_KEY or settings.SECRET_KEY
    settings.ACCESS_CODE_KEY = "the key that replaces it"
    assert download(client, open_entry) == before
    settings.ACCESS_CODE_KEY_OLD = ""
    assert download(client, open_entry) != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_a_sheet_that_a_full_disk_cannot_keep_is_given_away_sealed(client, open_entry):
    with refusing("results_sealedscoresheet"):
        assert seals.is_sealed(download(client, open_entry))
    assert not SealedScoreSheet.objects.exists()
    assert download(client, open_entry) == download(client, open_entry)


def test_a_date_that_the_office_moves_gives_another_sealed_file(client, open_people):
    entry = open_people["refused"]
    before = download(client, entry)
    session = entry.session
    session.register_again_from = datetime.date(2026, 10, 12)
    session.register_again_until = datetime.date(2026, 11, 20)
    session.save()
    after = download(client, entry)
    assert "12 octobre 2026" in texts(after)[1]
    assert "12 octobre 2026" not in texts(before)[1]
    assert seals.verdict(after).bottom_line


def test_a_renewed_certificate_seals_anew(client, open_entry, settings, tmp_path):
    before = download(client, open_entry)
    settings.SEAL_FILE = tmp_path / "renewed.pem"
    after = download(client, open_entry)
    assert after != before
    assert seals.verdict(after).bottom_line


@pytest.mark.parametrize("incremental", [True, False])
def test_one_digit_of_the_average_changed_in_the_file_breaks_the_seal(
    client, open_entry, incremental
):
    file = download(client, open_entry)
    forged = with_other_text(file, old="13,00", new="18,00", incremental=incremental)
    assert "Moyenne sur 20 18,00" in texts(forged)[0]
    assert not seals.verdict(forged).bottom_line


def test_downloading_again_costs_one_query_more_than_the_result(
    client, open_entry, django_assert_num_queries
):
    download(client, open_entry)
    # 1. the open published row, with its release and session  2. the file kept
    with django_assert_num_queries(2, using="public"):
        client.get(reverse("results:score_sheet"))


def test_sheets_for_paper_need_no_seal(open_entry, tmp_path):
    results = open_score_sheets(open_entry.session, numbers=[open_entry.number])
    print_score_sheets(to_print(results), tmp_path, processes=1, one_file_each=True)
    (printed,) = tmp_path.glob("*.pdf")
    assert not seals.is_sealed(printed.read_bytes())


def test_once_withdrawn_no_visitor_sees_the_files_of_a_release(
    client, open_entry, django_user_model
):
    download(client, open_entry)
    assert SealedScoreSheet.objects.using("public").count() == 1
    opened = release.Release.objects.get()
    release.withdraw(opened, by=django_user_model.objects.create_user("boss"))
    assert SealedScoreSheet.objects.count() == 1
    assert SealedScoreSheet.objects.using("public").count() == 0


def test_a_release_withdrawn_while_a_file_is_being_sealed_is_no_error(
    open_entry, django_user_model
):
    result = result_of(open_entry.pk)
    opened = release.Release.objects.get()
    release.withdraw(opened, by=django_user_model.objects.create_user("boss"))
    assert seals.is_sealed(sealed_score_sheet(result))


def test_past_its_retention_no_file_is_left(client, open_entry):
    download(client, open_entry)
    purge(before=datetime.date.today() + datetime.timedelta(days=1))
    assert not SealedScoreSheet.objects.exists()
    assert not PublishedResult.objects.exists()


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_two_downloads_at_once_give_the_same_file(open_entry):
    together, files = threading.Barrier(2), []

    def fetch():
        result = result_of(open_entry.pk)
        together.wait()
        files.append(sealed_score_sheet(result))
        connections.close_all()

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = files
    assert one == other


def digests_of_downloads(entries):
    """What a new process gets for each entry."""
    environment = os.environ | portal_environment("on")
    command = [sys.executable, "-c", OTHER_PROCESS, *(str(entry.pk) for entry in entries)]
    root = Path(tested.BASE_DIR)
    made = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, check=True)
    return made.stdout.decode().split()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_a_sheet_is_sealed_once_whichever_process_is_asked(open_people, settings):
    settings.HTTPS = False  # as in the other processes: codes lead to the portal's own address
    entries = []
    for entry in open_people.values():
        try:
            sealed_score_sheet(result_of(entry.pk))
        except NoScoreSheet:
            continue
        entries.append(entry)
    assert digests_of_downloads(entries) == digests_of_downloads(entries)
    assert len(entries) == SealedScoreSheet.objects.count() > 1
