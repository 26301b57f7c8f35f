from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.utils import IntegrityError
from django.utils import timezone

from candidates.freeze import Change, changing
from results.jury.deliberation import DeliberationRefused, deliberate
from results.models import JuryDecision, Mark, PublishedResult, Release
from results.publication import release
from tests import factories

pytestmark = pytest.mark.django_db


def rows():
    return {row.entry_id: row for row in PublishedResult.objects.order_by("pk")}


def in_an_hour():
    return timezone.now() + timedelta(hours=2)


def test_scheduling_writes_a_row_for_every_entry_whatever_its_verdict(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    verdicts = {name: rows()[entry.pk].verdict for name, entry in people.items()}
    assert verdicts == {
        "admitted": "ADMITTED",
        "control": "CONTROL",
        "refused": "REFUSED",
        "absent": "ELIMINATED",
        "withheld": "WITHHELD",
        "discreet": "ADMITTED",
    }


def test_only_the_admitted_who_consent_are_listed_on_the_web(people, session):
    deliberate(session)
    release.schedule(session)
    listed = PublishedResult.objects.open().on_the_web().order_by("pk")
    assert [row.entry_id for row in listed] == [people["admitted"].pk]


def test_a_withheld_document_carries_no_mark_point_or_reason(people, session):
    deliberate(session)
    release.schedule(session)
    document = rows()[people["withheld"].pk].document
    assert not {"tests", "points", "average", "reasons", "mention"} & set(document)


def test_nothing_is_released_before_it_is_deliberated(session):
    with pytest.raises(release.ReleaseRefused, match="6 inscriptions n’ont pas été délibérées"):
        release.schedule(session)
    assert not Release.objects.exists()


def test_one_missing_mark_blocks_the_whole_session_and_is_named(people, session):
    other = factories.regulation("OTHER")
    factories.entry("26INCOMPLETE", speciality=other, marks={"U1": "12"})
    deliberate(session)
    with pytest.raises(release.ReleaseRefused, match=r"26INCOMPLETE \(U2, U3\)"):
        release.schedule(session)
    assert not Release.objects.exists()
    assert not PublishedResult.objects.exists()


def test_a_mark_changed_after_the_deliberation_blocks_the_release(people, session):
    deliberate(session)
    Mark.objects.filter(entry=people["refused"], test__code="U1").update(value=2000)
    with pytest.raises(release.ReleaseRefused, match=people["refused"].number):
        release.schedule(session)
    assert not PublishedResult.objects.exists()


def test_points_of_the_jury_that_are_too_many_by_now_block_the_release(people, session, boss):
    granted = JuryDecision.objects.create(
        entry=people["control"], points=3, reason="Assiduité.", author=boss
    )
    people["control"].marks.filter(test__code="U1").update(value=900)
    deliberate(session)
    with pytest.raises(release.ReleaseRefused) as refused:
        release.schedule(session)
    assert refused.value.problems == [
        f"Candidat {people['control'].number} : Il manque 1,00 point pour être « admis » : le jury "
        "n’en ajoute pas davantage. Revoyez la décision du jury."
    ]
    JuryDecision.objects.filter(pk=granted.pk).update(points=1)
    deliberate(session)
    release.schedule(session)
    assert rows()[people["control"].pk].verdict == "ADMITTED"


def test_scheduling_twice_changes_nothing_but_the_hour(session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    before = rows()
    later = timezone.now() + timedelta(hours=2)
    release.schedule(session, at=later)
    assert Release.objects.get().opens_at == later
    assert {pk: row.pk for pk, row in rows().items()} == {pk: r.pk for pk, r in before.items()}
    assert all(row.revision == 1 for row in rows().values())


def test_releasing_an_open_session_again_changes_nothing(session):
    deliberate(session)
    release.schedule(session)
    before = list(PublishedResult.objects.order_by("pk").values())
    opens_at = Release.objects.get().opens_at
    release.schedule(session)
    assert list(PublishedResult.objects.order_by("pk").values()) == before
    assert Release.objects.get().opens_at == opens_at


def test_the_sheet_says_the_hour_at_which_it_was_made_public(people, session):
    deliberate(session)
    hour = timezone.now().replace(microsecond=0) + timedelta(hours=3)
    release.schedule(session, at=hour)
    issued = rows()[people["admitted"].pk].whole_document["issued_at"]
    assert issued == timezone.localtime(hour).isoformat()


def places():
    """Where PostgreSQL keeps each row: written anew, it is elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM results_publishedresult ORDER BY id")
        return cursor.fetchall()


def test_another_hour_is_given_without_writing_a_row_anew(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    written = places()
    for hours in (3, 2):
        hour = timezone.now().replace(microsecond=0) + timedelta(hours=hours)
        release.schedule(session, at=hour)
        assert Release.objects.get().opens_at == hour
        issued = {row.whole_document["issued_at"] for row in rows().values()}
        assert issued == {timezone.localtime(hour).isoformat()}
    release.schedule(session)
    assert PublishedResult.objects.open().count() == len(written)
    assert places() == written


def test_with_its_new_hour_a_release_tells_what_the_session_is_called_now(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    written = places()
    session.label = "BTS, session de remplacement"
    session.save()
    release.schedule(session, at=in_an_hour())
    labels = {row.document["session"]["label"] for row in rows().values()}
    assert labels == {"BTS, session de remplacement"}
    assert places() != written


def test_with_its_new_hour_a_release_shows_who_was_entered_meanwhile(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    late = factories.entry(session=session, marks=factories.ADMITTED)
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    assert late.pk in rows()


def test_what_was_issued_once_stays_issued_at_that_hour(people, session, time_machine):
    deliberate(session)
    release.schedule(session)
    issued = rows()[people["admitted"].pk].whole_document["issued_at"]
    time_machine.move_to(timezone.now() + timedelta(days=3))
    release.withdraw(Release.objects.get(), by=None)
    release.schedule(session)
    assert rows()[people["admitted"].pk].whole_document["issued_at"] == issued


@pytest.mark.parametrize("at", [None, timezone.now() + timedelta(days=1)])
def test_a_first_release_is_no_correction(session, at):
    deliberate(session)
    release.schedule(session, at=at)
    assert {row.whole_document["correction"] for row in rows().values()} == {None}
    assert {row.reason for row in rows().values()} == {""}


def test_the_clock_alone_opens_a_release(people, session):
    deliberate(session)
    hour = in_an_hour()
    release.schedule(session, at=hour)
    assert not PublishedResult.objects.open().exists()
    assert not PublishedResult.objects.open(hour - timedelta(microseconds=1)).exists()
    assert PublishedResult.objects.open(hour).count() == 6


def test_a_mark_changed_before_the_hour_replaces_the_waiting_row(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    with changing(Change.REFRESH):
        Mark.objects.filter(entry=people["refused"], test__code="U3").update(value=2000)
        release.refresh([people["refused"].pk])
    row = PublishedResult.objects.get(entry=people["refused"])
    assert (row.verdict, row.revision) == ("ADMITTED", 1)
    assert row.document["average"] == "12.50"


def test_a_mark_cannot_change_behind_a_scheduled_result_without_its_row(people, session):
    deliberate(session)
    release.schedule(session, at=in_an_hour())
    with pytest.raises(IntegrityError, match=people["refused"].number):
        Mark.objects.filter(entry=people["refused"]).update(value=2000)


def test_a_mark_cannot_change_behind_an_open_result_even_by_a_refresh(people, session):
    deliberate(session)
    release.schedule(session)
    marks = Mark.objects.filter(entry=people["refused"])
    with pytest.raises(IntegrityError, match=people["refused"].number), changing(Change.REFRESH):
        marks.update(value=2000)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.marks.update(value=2000),
        lambda entry: factories.give_marks(entry, {"F1": "18"}),
        lambda entry: entry.marks.all()._raw_delete("default"),
    ],
    ids=["changed", "added", "removed"],
)
def test_no_mark_changes_behind_an_open_result_without_a_correction(people, session, change):
    deliberate(session)
    release.schedule(session)
    with pytest.raises(IntegrityError, match=people["refused"].number):
        change(people["refused"])


def test_an_entry_cannot_be_withheld_behind_an_open_result_without_a_correction(people, session):
    deliberate(session)
    release.schedule(session)
    people["admitted"].withheld = True
    with pytest.raises(IntegrityError):
        people["admitted"].save()


def test_a_name_cannot_change_behind_an_open_result_but_an_address_can(people, session):
    deliberate(session)
    release.schedule(session)
    candidate = people["admitted"].candidate
    candidate.address1 = "1 RUE NEUVE"
    candidate.save()
    candidate.birth_name = "AUTRE"
    with pytest.raises(IntegrityError):
        candidate.save()


def test_the_rules_that_decided_a_published_result_cannot_change(people, session):
    deliberate(session)
    release.schedule(session)
    test = session.entries.order_by("pk").first().speciality.tests.get(code="U1")
    test.coefficient = 9
    with pytest.raises(IntegrityError, match="rules"):
        test.save()


def test_a_row_that_was_public_can_neither_change_nor_go(people, session):
    deliberate(session)
    release.schedule(session)
    row = PublishedResult.objects.get(entry=people["refused"])
    with pytest.raises(IntegrityError):
        PublishedResult.objects.filter(pk=row.pk).update(verdict="ADMITTED")


def test_an_open_release_cannot_be_given_another_hour_or_go(people, session):
    deliberate(session)
    (opened,) = release.schedule(session)
    opened.opens_at = in_an_hour()
    with pytest.raises(IntegrityError):
        opened.save()


def test_consent_taken_back_leaves_the_web_list_at_once(people, session):
    deliberate(session)
    release.schedule(session)
    people["admitted"].web_consent = False
    people["admitted"].save()
    assert not PublishedResult.objects.open().on_the_web().exists()


def test_a_withdrawn_release_shows_nothing_and_opens_again_with_its_changes(people, session):
    boss = User.objects.create_user("boss")
    deliberate(session)
    (opened,) = release.schedule(session)
    release.withdraw(opened, by=boss, message="Une erreur est en cours de correction.")
    assert not PublishedResult.objects.open().exists()

    with changing(Change.CORRECTION):
        Mark.objects.filter(entry=people["refused"], test__code="U3").update(value=2000)
        release.refresh([people["refused"].pk])
    release.schedule(session)

    current = {row.entry_id: row for row in PublishedResult.objects.current().order_by("pk")}
    assert current[people["refused"].pk].verdict == "ADMITTED"
    assert current[people["refused"].pk].revision == 2
    assert current[people["admitted"].pk].revision == 1
    first = PublishedResult.objects.get(entry=people["refused"], revision=1)
    assert first.verdict == "REFUSED"


def test_a_release_withdrawn_before_its_hour_was_never_seen_and_is_rewritten(people, session):
    boss = User.objects.create_user("boss")
    deliberate(session)
    (waiting,) = release.schedule(session, at=in_an_hour())
    release.withdraw(waiting, by=boss)
    release.schedule(session)
    assert {row.revision for row in rows().values()} == {1}
    assert PublishedResult.objects.open().count() == 6


def test_deliberating_again_behind_a_published_result_is_refused(people, session):
    deliberate(session)
    release.schedule(session)
    with changing(Change.CORRECTION):
        Mark.objects.filter(entry=people["refused"], test__code="U3").update(value=2000)
    with pytest.raises(DeliberationRefused, match=people["refused"].number):
        deliberate(session)


def test_the_second_round_publishes_those_called_to_it_and_them_only(people, session):
    deliberate(session)
    release.schedule(session)
    called = people["control"]
    factories.give_marks(called, {"U1": (None, "14"), "U2": (None, "5")})
    deliberate(session, round=2)
    (second,) = release.schedule(session)
    assert second.round == 2
    assert [row.entry_id for row in second.results.order_by("pk")] == [called.pk]
    current = PublishedResult.objects.current().get(entry=called)
    # 14×2 + 8×1 (the better of 8 and 5) + 11×3 = 69, over 6
    assert (current.verdict, current.round) == ("ADMITTED", 2)
    assert (current.document["points"], current.document["average"]) == ("69", "11.50")
    assert PublishedResult.objects.current().count() == 6


def test_the_second_round_waits_for_its_hour_while_the_first_stays_readable(people, session):
    deliberate(session)
    release.schedule(session)
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(session, round=2)
    release.schedule(session, at=in_an_hour())
    assert PublishedResult.objects.current().get(entry=people["control"]).verdict == "CONTROL"


def test_an_unknown_speciality_is_refused_by_name(session):
    with pytest.raises(release.ReleaseRefused, match="NOPE"):
        release.specialities_of(session, ["NOPE"])


def test_a_second_round_never_opens_before_the_first(people, session):
    deliberate(session)
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(session, round=2)
    with pytest.raises(release.ReleaseRefused, match="le premier tour ne sera pas publié"):
        release.schedule(session, round=2)
    release.schedule(session, round=1, at=in_an_hour())
    with pytest.raises(release.ReleaseRefused, match="le premier tour ne sera pas publié"):
        release.schedule(session, round=2, at=timezone.now() + timedelta(minutes=30))
    release.schedule(session, round=2, at=timezone.now() + timedelta(hours=2))
    assert Release.objects.filter(round=2).exists()
