"""What a change of address does above the candidates: mailings, results that wait, files."""

from datetime import timedelta

import pytest
from django.utils import timezone

from candidates.address_changes.changes import change_address
from candidates.address_changes.mailings import localized, mailings_of, snapshot
from candidates.freeze import Change, changing
from candidates.models import Candidate, ReDispatch
from candidates.postal.address import Address
from results.models import PublishedResult, Release
from results.publication import release
from results.score_sheet.printing import open_score_sheets, to_print
from tests import factories
from tests.office_files import entries_loader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("of_this_year")]

NEW = Address(address1="3 RUE DES ACACIAS", postcode="69003", city="LYON", email="lea@exemple.fr")
PRINTED = ["3 RUE DES ACACIAS", "69003 LYON"]


def in_an_hour():
    return timezone.now() + timedelta(hours=2)


def change(entry, key="key", **changes):
    candidate = Candidate.objects.get(pk=entry.candidate_id)
    new = Address(**NEW.as_dict() | changes)
    return change_address(factories.visit(entry), form_key=key, seen=Address.of(candidate), new=new)


def mailings(entry):
    return mailings_of(entry.candidate.entries.all(), at=timezone.now())


def kinds(entry):
    return {mailing.kind for mailing in mailings(entry)}


def printed(entry):
    return PublishedResult.objects.get(entry=entry).document["candidate"]["address"]


def test_before_the_hour_no_mailing_tells_what_the_result_will_be(deliberated_people):
    release.schedule(deliberated_people["admitted"].session, at=in_an_hour())
    at = timezone.now()
    told = [
        [snapshot(mailing, at=at) | {"entry": 0} for mailing in mailings(entry)]
        for entry in deliberated_people.values()
    ]
    assert [mailing["kind"] for mailing in told[0]] == ["score_sheet", "diploma"]
    assert all(other == told[0] for other in told)


def test_after_the_hour_a_withheld_candidate_has_no_score_sheet_to_get(deliberated_people):
    release.schedule(deliberated_people["admitted"].session)
    assert kinds(deliberated_people["withheld"]) == set()
    assert kinds(deliberated_people["refused"]) == {"score_sheet"}
    assert kinds(deliberated_people["admitted"]) == {"score_sheet", "diploma"}


def test_a_result_that_waits_takes_the_new_address_and_one_that_is_public_keeps_its_own(
    deliberated_people,
):
    entry = deliberated_people["admitted"]
    release.schedule(entry.session, at=in_an_hour())
    change(entry)
    assert printed(entry) == PRINTED
    Release.objects.update(opens_at=timezone.now() - timedelta(hours=1))
    change(entry, "again", address1="5 RUE DES ACACIAS")
    assert printed(entry) == PRINTED


def test_the_mailing_prints_the_address_of_the_day(deliberated_people):
    entry = deliberated_people["admitted"]
    release.schedule(entry.session)
    change(entry)
    rows = to_print(open_score_sheets(entry.session))
    addresses = {row.number: row.address for row in rows}
    assert addresses[entry.number] == PRINTED


def test_a_mark_missing_behind_a_waiting_result_is_no_reason_to_refuse_an_address(
    deliberated_people,
):
    entry = deliberated_people["admitted"]
    release.schedule(entry.session, at=in_an_hour())
    with changing(Change.REFRESH):
        entry.marks.filter(test__code="U1").delete()
    change(entry)
    entry.candidate.refresh_from_db()
    assert entry.candidate.city == "LYON"
    assert printed(entry) == PRINTED


def test_every_entry_of_the_person_is_concerned(deliberated_people):
    first, session = (
        deliberated_people["admitted"],
        factories.session("NEXT", year=factories.YEAR + 1),
    )
    second = factories.entry(session=session)
    second.candidate = first.candidate
    second.save()
    yesterday = timezone.localdate() - timedelta(days=1)
    type(session).objects.update(score_sheets_mailed_on=yesterday)
    change(first)
    assert {row.entry for row in ReDispatch.objects.order_by("pk")} == {first, second}


def test_what_went_out_more_than_a_year_ago_is_no_question_any_more(deliberated_people):
    entry = deliberated_people["admitted"]
    entry.session.score_sheets_mailed_on = timezone.localdate() - timedelta(days=366)
    entry.session.save()
    assert "score_sheet" not in kinds(entry)


def test_a_mailing_is_told_in_the_language_of_the_reader(deliberated_people, settings):
    from django.utils.translation import override

    [sheet, _diploma] = mailings(deliberated_people["admitted"])
    told = snapshot(sheet, at=timezone.now())
    for language, label in told["label"].items():
        with override(language):
            assert localized(told)["label"] == label
    assert set(told["label"]) == {"fr", "en"}


def test_a_file_that_is_loaded_again_does_not_bring_the_old_address_back(tmp_path):
    factories.school()
    factories.regulation()
    load = entries_loader(factories.session(), tmp_path)
    load({})
    entry = Candidate.objects.get().entries.get()
    change(entry)
    assert "modifications : 0" in load({}).report
    load({"lieu_affichage": "Ailleurs"})
    entry.refresh_from_db()
    assert entry.posting_place == "Ailleurs"
    assert Address.of(Candidate.objects.get()) == NEW
