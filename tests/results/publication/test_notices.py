"""Notices of release: to all it concerns, once, at the hour, and never a word of the result."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from candidates.messages import outbox, subscriptions
from candidates.models import Circular, Message
from results.jury.deliberation import deliberate
from results.models import PublishedResult, Release
from results.publication import notices, release
from results.publication.correction import correction
from tests import factories
from tests.candidates.visits import choose_messages
from tests.office_files import entries_loader

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HOUR = timedelta(hours=1)


@pytest.fixture
def people(people):
    """Everybody has a mailbox."""
    for name, entry in people.items():
        entry.candidate.email = f"{name}@exemple.fr"
        entry.candidate.save(update_fields=["email"])
    return people


def readers():
    return sorted(to for sent in mail.outbox for to in sent.to)


def everyone(people):
    return sorted(f"{name}@exemple.fr" for name in people)


def without_links(sent):
    """The text of a notice, without the one line that is each reader's own."""
    return [line for line in sent.body.splitlines() if "/courriels/" not in line]


def test_everyone_is_told_once_when_a_release_opens(people, open_release):
    assert outbox.send_due() == (len(people), 0)
    assert readers() == everyone(people)
    assert outbox.send_due() == (0, 0)


def test_a_notice_is_the_same_for_every_result_withheld_or_not(people, open_release):
    outbox.send_due()
    texts = [without_links(sent) for sent in mail.outbox]
    assert texts.count(texts[0]) == len(people)
    assert len({sent.subject for sent in mail.outbox}) == 1
    said = (mail.outbox[0].subject + mail.outbox[0].body).lower()
    assert not any(word in said for word in ("admis", "refus", "note ", "moyenne", "suspen"))


def test_nothing_is_written_before_the_hour(people, deliberated_session):
    now = timezone.now()
    release.schedule(deliberated_session, at=now + HOUR)
    assert outbox.send_due() == (0, 0)
    assert not Message.objects.exists()
    assert outbox.send_due(at=now + HOUR)[0] == len(people)


def test_a_release_withdrawn_before_the_hour_is_told_to_nobody(deliberated_session, boss):
    now = timezone.now()
    (one,) = release.schedule(deliberated_session, at=now + HOUR)
    release.withdraw(one, by=boss)
    assert outbox.send_due(at=now + 2 * HOUR) == (0, 0)


def test_what_still_waits_of_a_withdrawn_release_is_taken_back(
    people, deliberated_session, open_release, boss
):
    outbox.send_due(limit=2)
    release.withdraw(open_release, by=boss)
    assert outbox.send_due() == (0, 0)
    assert Message.objects.count() == 2
    release.schedule(deliberated_session)
    outbox.send_due()
    assert readers() == everyone(people), "opened again, it is told to those who did not know"


def test_a_withdrawal_counts_at_once_in_the_middle_of_a_round(
    people, open_release, boss, monkeypatch
):
    def withdraw_after_the_first(message, server, at, try_it=outbox._try):
        release.withdraw(open_release, by=boss)
        return try_it(message, server, at)

    monkeypatch.setattr(outbox, "_try", withdraw_after_the_first)
    assert outbox.send_due() == (1, 0)


def test_nobody_is_told_of_a_release_open_for_long(open_release):
    assert outbox.send_due(at=timezone.now() + notices.WINDOW + HOUR) == (0, 0)


def test_who_has_no_mailbox_or_does_not_want_them_is_left_in_peace(people, open_release):
    choose_messages(people["admitted"], releases=False)
    people["refused"].candidate.email = ""
    people["refused"].candidate.save(update_fields=["email"])
    outbox.send_due()
    told = set(everyone(people)) - {"admitted@exemple.fr", "refused@exemple.fr"}
    assert readers() == sorted(told)


def test_who_says_no_while_notices_wait_gets_none(people, open_release):
    outbox.send_due(limit=1)
    (first,) = readers()
    for entry in people.values():
        choose_messages(entry, releases=False)
    assert outbox.send_due() == (0, 0)
    assert readers() == [first]


def test_a_notice_goes_to_the_address_of_the_moment_it_leaves(people, open_release):
    notices.write_opening_notices(Message)
    people["admitted"].candidate.email = "nouveau@exemple.fr"
    people["admitted"].candidate.save(update_fields=["email"])
    outbox.send_due()
    assert "nouveau@exemple.fr" in readers()
    assert "admitted@exemple.fr" not in readers()


def test_who_has_removed_the_address_meanwhile_gets_nothing(people, open_release):
    notices.write_opening_notices(Message)
    people["admitted"].candidate.email = ""
    people["admitted"].candidate.save(update_fields=["email"])
    assert outbox.send_due() == (len(people) - 1, 1)


def test_a_notice_speaks_the_language_of_its_reader_or_both(people, open_release):
    choose_messages(people["admitted"], language="en")
    choose_messages(people["refused"], language="fr")
    outbox.send_due()
    bodies = {sent.to[0].partition("@")[0]: sent.body for sent in mail.outbox}
    assert bodies["admitted"].startswith("Hello,")
    assert "exam results is available" not in bodies["refused"]
    assert bodies["absent"].startswith("Bonjour,")
    assert "One of your exam results is available" in bodies["absent"]


def test_the_second_round_is_told_to_those_it_concerns(people, deliberated_session, open_release):
    outbox.send_due()
    mail.outbox.clear()
    factories.give_marks(people["control"], dict.fromkeys(("U1", "U2"), (None, "14")))
    deliberate(deliberated_session, round=2)
    release.schedule(deliberated_session, round=2)
    outbox.send_due()
    assert readers() == ["control@exemple.fr"]
    assert "(épreuves de contrôle)" in mail.outbox[0].body


def test_a_correction_is_told_to_its_candidate_alone(people, open_release, boss):
    outbox.send_due()
    mail.outbox.clear()
    with correction(people["refused"], by=boss, reason="Erreur de report."):
        people["refused"].marks.filter(test__code="U3").update(value=700)
    outbox.send_due()
    assert readers() == ["refused@exemple.fr"]
    assert mail.outbox[0].subject == "Un de vos résultats a été mis à jour"


def test_a_correction_that_changes_no_result_is_told_to_nobody(people, open_release, boss):
    outbox.send_due()
    with correction(people["refused"], by=boss, reason="Vérification."):
        pass
    assert outbox.send_due() == (0, 0)


def test_a_correction_before_the_hour_or_during_a_withdrawal_waits_for_it(
    people, open_release, boss
):
    outbox.send_due()
    mail.outbox.clear()
    release.withdraw(open_release, by=boss)
    with correction(people["refused"], by=boss, reason="Erreur de report."):
        people["refused"].marks.filter(test__code="U3").update(value=700)
    assert outbox.send_due() == (0, 0)
    release.schedule(open_release.session)
    outbox.send_due()
    assert readers() == ["refused@exemple.fr"]


def test_whatever_happens_to_the_notices_the_other_messages_leave(
    people, open_release, monkeypatch
):
    def fails(release, entry_ids=None):
        raise RuntimeError

    monkeypatch.setattr(notices, "_write", fails)
    outbox.write(
        key="own",
        entry_id=people["admitted"].pk,
        to="lea@exemple.fr",
        subject="Votre demande",
        template="candidates/mail/identity_decided",
        context={"request": {"reference": "CIV-0000-0000"}},
    )
    assert outbox.send_due() == (1, 0)


def test_what_somebody_waits_for_goes_before_the_notices(people, open_release):
    notices.write_opening_notices(Message)
    test_message = Message.objects.create(
        entry=people["admitted"], key="own", to="lea@exemple.fr", subject="Objet", text="Texte"
    )
    outbox.send_due(limit=1)
    test_message.refresh_from_db()
    assert test_message.state == Message.State.SENT


def test_the_text_is_kept_once_for_all_readers(people, open_release):
    notices.write_opening_notices(Message)
    assert Message.objects.count() == len(people)
    assert Circular.objects.count() == 3  # French, English, and both
    assert set(Message.objects.values_list("text", flat=True)) == {""}


def test_the_office_sees_how_many_left_and_how_many_wait(people, open_release, admin_client):
    outbox.send_due(limit=2)
    page = admin_client.get(f"/gestion/results/release/{open_release.pk}/change/").content.decode()
    assert f"à envoyer : {len(people) - 2}, envoyé : 2" in page


def test_notices_asked_for_twice_are_written_once(people, open_release):
    notices.write_opening_notices(Message)
    Release.objects.update(announced_at=None)
    notices.write_opening_notices(Message)
    assert Message.objects.count() == PublishedResult.objects.count()


def test_a_file_that_is_loaded_again_changes_no_choice(tmp_path):
    factories.school()
    factories.regulation()
    load = entries_loader(factories.session(), tmp_path)
    load({})
    entry = factories.session().entries.get()
    choose_messages(entry, releases=False, language="en")
    load({"courriel": "autre@exemple.fr"})
    kept = subscriptions.choices_of(entry.pk)
    assert (kept.releases, kept.documents, kept.language) == (False, True, "en")
