from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db.utils import IntegrityError
from django.utils import timezone

from candidates.identification import cookie
from candidates.models import Academy, Candidate, Entry
from results.document.edition import iso_hour
from results.jury.deliberation import deliberate
from results.models import (
    ISSUED_AT,
    NEUTRAL_REASON,
    Decision,
    JuryDecision,
    Mark,
    PublishedResult,
    Release,
)
from results.publication import release
from results.publication.correction import correction
from tests import factories

pytestmark = pytest.mark.django_db


def raise_mark(entry, value=1900):
    entry.marks.filter(test__code="U3").update(value=value)


def revisions(entry):
    rows = PublishedResult.objects.filter(entry=entry).order_by("round", "revision")
    return [(row.round, row.revision, row.verdict) for row in rows]


def test_after_the_release_a_correction_adds_a_revision_and_keeps_the_first(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    entry = people["refused"]
    with correction(entry, by=boss, reason="Erreur de report."):
        raise_mark(entry)
    assert revisions(entry) == [(1, 1, "REFUSED"), (1, 2, "ADMITTED")]
    last = PublishedResult.objects.get(entry=entry, revision=2)
    assert (last.reason, last.author) == ("Erreur de report.", boss)
    assert last.whole_document["correction"]["reason"] == "Erreur de report."
    assert PublishedResult.objects.current().get(entry=entry) == last


def test_before_the_hour_a_correction_replaces_the_waiting_row(people, deliberated_session, boss):
    release.schedule(deliberated_session, at=timezone.now() + timedelta(hours=2))
    with correction(people["refused"], by=boss, reason="Erreur de report."):
        raise_mark(people["refused"])
    assert revisions(people["refused"]) == [(1, 1, "ADMITTED")]


def test_before_any_release_a_correction_renews_the_decision(people, deliberated_session, boss):
    with correction(people["refused"], by=boss, reason="Erreur de report."):
        raise_mark(people["refused"])
    assert Decision.objects.get(entry=people["refused"]).verdict == "ADMITTED"
    assert revisions(people["refused"]) == []


def test_a_correction_without_a_reason_is_refused_and_changes_nothing(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    with pytest.raises(ValidationError), correction(people["refused"], by=boss, reason="  "):
        raise_mark(people["refused"])
    assert not Mark.objects.filter(value=1900).exists()


def test_a_correction_that_changes_nothing_shown_makes_no_revision(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    with correction(people["refused"], by=boss, reason="Vérification."):
        pass
    assert revisions(people["refused"]) == [(1, 1, "REFUSED")]


def test_a_correction_that_leaves_marks_missing_is_refused_whole(people, deliberated_session, boss):
    release.schedule(deliberated_session)
    entry = people["refused"]
    with (
        pytest.raises(release.ReleaseRefused, match=entry.number),
        correction(entry, by=boss, reason="Erreur."),
    ):
        entry.marks.filter(test__code="U3").delete()
    assert entry.marks.count() == 3
    assert revisions(entry) == [(1, 1, "REFUSED")]


def test_withholding_after_the_release_hides_every_mark_and_leaves_the_list(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    entry = people["admitted"]
    with correction(entry, by=boss, reason="Procédure engagée."):
        type(entry).objects.filter(pk=entry.pk).update(withheld=True)
    current = PublishedResult.objects.current().get(entry=entry)
    assert current.verdict == "WITHHELD"
    assert "tests" not in current.document
    assert not PublishedResult.objects.current().on_the_web().exists()


def withhold(entry, yes=True):
    Entry.objects.filter(pk=entry.pk).update(withheld=yes)


def reasons(entry):
    rows = PublishedResult.objects.filter(entry=entry).order_by("round", "revision")
    return [row.reason for row in rows]


def test_the_reason_of_a_suspension_and_of_its_end_stays_in_the_office(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    entry = people["admitted"]
    with correction(entry, by=boss, reason="Procédure disciplinaire."):
        withhold(entry)
    with correction(entry, by=boss, reason="Relaxe par la commission."):
        withhold(entry, False)
        raise_mark(entry)
    assert reasons(entry) == ["", NEUTRAL_REASON, NEUTRAL_REASON]
    kept = Entry.pgh_event_model.objects.filter(id=entry.pk).order_by("pgh_id")
    assert [event.pgh_context["reason"] for event in kept] == [
        "Procédure disciplinaire.",
        "Relaxe par la commission.",
    ]


def test_a_suspension_ended_while_the_release_is_withdrawn_is_given_no_other_reason(
    people, deliberated_session, boss
):
    (opened,) = release.schedule(deliberated_session)
    entry = people["withheld"]
    release.withdraw(opened, by=boss)
    with correction(entry, by=boss, reason="Relaxe."):
        withhold(entry, False)
    release.schedule(deliberated_session)
    assert reasons(entry) == ["", NEUTRAL_REASON]


def _published_again(entry, session):
    """The entry of the same person in a later session; the results of both are open."""
    later = factories.session("BTS-2027", year=2027)
    again = factories.entry("27AGAIN", session=later, marks=factories.ADMITTED)
    Entry.objects.filter(pk=again.pk).update(candidate=entry.candidate)
    deliberate(later)
    release.schedule(session)
    release.schedule(later)
    return again


def test_a_name_corrected_together_with_a_suspension_tells_no_other_session_why(
    people, deliberated_session, boss
):
    entry = people["admitted"]
    again = _published_again(entry, deliberated_session)
    with correction(entry, by=boss, reason="Fraude sur l’identité."):
        withhold(entry)
        Candidate.objects.filter(pk=entry.candidate_id).update(birth_name="ALBÈRE")
    assert reasons(entry) == reasons(again) == ["", NEUTRAL_REASON]


def test_the_database_refuses_a_suspended_row_that_gives_a_reason(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    row = PublishedResult.objects.get(entry=people["withheld"])
    row.pk, row.revision, row.verification_code = None, 2, uuid4()
    row.issued_at, row.reason = timezone.now(), "Fraude."
    with pytest.raises(IntegrityError, match="withheld_gives_no_reason"):
        row.save()


def test_the_jury_may_raise_a_candidate_and_the_rules_answer_stays_beside(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    entry = people["control"]  # 57 points, 60 required
    with correction(entry, by=boss, reason="Décision du jury."):
        JuryDecision.objects.create(entry=entry, points=3, reason="Livret.", author=boss)
    decision = Decision.objects.get(entry=entry)
    assert (decision.verdict, decision.rule_verdict) == ("ADMITTED", "CONTROL")
    assert decision.points == 60
    current = PublishedResult.objects.current().get(entry=entry)
    assert (current.document["jury_points"], current.document["average"]) == ("3", "10.00")


def test_a_corrected_birth_date_is_the_one_to_identify_with(people, deliberated_session, boss):
    release.schedule(deliberated_session)
    entry = people["admitted"]
    right = factories.BIRTH_DATE.replace(day=30)
    with correction(entry, by=boss, reason="Erreur de saisie."):
        entry.candidate.birth_date = right
        entry.candidate.save()
    typed = {"number": entry.number, "access_code": factories.CODE, "block": ""}
    assert cookie.identify(birth_date=right, **typed).entry_id == entry.pk
    assert cookie.identify(birth_date=factories.BIRTH_DATE, **typed) is None


def test_a_first_round_correction_follows_into_the_second(people, deliberated_session, boss):
    release.schedule(deliberated_session)
    entry = people["control"]
    factories.give_marks(entry, factories.REFUSED_AGAIN)
    deliberate(deliberated_session, round=2)
    release.schedule(deliberated_session)
    assert revisions(entry) == [(1, 1, "CONTROL"), (2, 1, "REFUSED")]
    with correction(entry, by=boss, reason="Erreur de report."):
        raise_mark(entry)
    assert PublishedResult.objects.current().get(entry=entry).verdict == "ADMITTED"


def test_the_history_keeps_what_a_mark_was_who_changed_it_and_why(
    people, deliberated_session, boss
):
    release.schedule(deliberated_session)
    entry = people["refused"]
    with correction(entry, by=boss, reason="Erreur de report."):
        raise_mark(entry)
    event = Mark.pgh_event_model.objects.get(entry=entry)
    assert event.value == 600
    assert event.pgh_context == {"reason": "Erreur de report.", "user": boss.pk}


def test_a_corrected_name_is_corrected_in_every_session_the_person_sat(
    people, deliberated_session, boss
):
    entry = people["admitted"]
    again = _published_again(entry, deliberated_session)
    with correction(entry, by=boss, reason="Nom mal orthographié."):
        Candidate.objects.filter(pk=entry.candidate_id).update(birth_name="ALBÈRE")
    for one in (entry, again):
        last = PublishedResult.objects.filter(entry=one).order_by("revision").last()
        assert (last.revision, last.list_name) == (2, "ALBÈRE Léa")


def test_a_corrected_mark_changes_nothing_in_the_other_sessions_of_the_person(
    people, deliberated_session, boss
):
    entry = people["refused"]
    again = _published_again(entry, deliberated_session)
    Academy.objects.filter(pk=again.academy_id).update(email="autre@exemple.fr")
    with correction(entry, by=boss, reason="Erreur de report."):
        raise_mark(entry)
    assert revisions(entry)[-1] == (1, 2, "ADMITTED")
    assert revisions(again) == [(1, 1, "ADMITTED")]


def test_a_correction_is_issued_at_its_own_hour_and_the_first_revision_keeps_that_of_the_release(
    people, deliberated_session, boss, time_machine
):
    release.schedule(deliberated_session)
    opened = Release.objects.get().opens_at
    time_machine.move_to(opened + timedelta(days=3), tick=False)
    with correction(people["refused"], by=boss, reason="Erreur de report."):
        raise_mark(people["refused"])
    rows = PublishedResult.objects.filter(entry=people["refused"]).order_by("revision")
    hours = [opened, opened + timedelta(days=3)]
    assert [row.hour for row in rows] == hours
    assert list(rows.values_list(ISSUED_AT, flat=True)) == hours
    first, last = (row.whole_document for row in rows)
    assert first["issued_at"] == iso_hour(hours[0])
    assert last["issued_at"] == last["correction"]["at"] == iso_hour(hours[1])


def test_no_correction_is_stored_without_its_hour(people, deliberated_session):
    release.schedule(deliberated_session)
    row = PublishedResult.objects.get(entry=people["refused"])
    row.pk, row.revision, row.reason = None, 2, "Erreur de report."
    row.verification_code = uuid4()
    with pytest.raises(IntegrityError, match="published_result_correction_has_its_hour"):
        row.save()
