"""What makes results public is proposed by one manager and approved by another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from candidates.messages import outbox
from candidates.models import Job, Message, Proposal
from candidates.proposals import acts, checks
from results.jury.deliberation import deliberate
from results.models import Regulation, Release
from results.publication import release
from tests.jobs import work
from tests.staff import approved, approver, client_of, member, messages_of, second_manager, text_of

pytestmark = pytest.mark.django_db

WAITING, APPROVED, REFUSED, TAKEN_BACK, LAPSED = Proposal.State.values


def confirmed(session, role="manager", **values):
    """Confirm a release on its page, as its last step; return the answer."""
    speciality = session.entries.first().speciality_id
    data = {"round": 1, "specialities": [speciality], "when": "now"} | values
    address = reverse("admin:candidates_session_schedule", args=[session.pk])
    page = client_of(role).post(address, data)
    sure = data | {"_confirm": "1", "seen": page.context["seen"]}
    return client_of(role).post(address, sure)


def proposed(session, role="manager", **values):
    confirmed(session, role, **values)
    return Proposal.objects.latest("pk")


def at(instant):
    instant = timezone.localtime(instant)
    return {"when": "later", "day": f"{instant:%Y-%m-%d}", "hour": f"{instant:%H:%M}"}


def in_(**length):
    return timezone.now() + timedelta(**length)


def page_of(proposal, role="manager"):
    client = approver() if role == "approver" else client_of(role)
    return client.get(reverse("admin:candidates_proposal_change", args=[proposal.pk]))


def post(proposal, what, client, **values):
    address = reverse(f"admin:candidates_proposal_{what}", args=[proposal.pk])
    return client.post(address, values, follow=True)


def test_an_opening_waits_for_a_second_manager_who_sees_the_same_preview(deliberated_session):
    second_manager()
    answer = confirmed(deliberated_session)
    proposal = Proposal.objects.get()
    assert answer.url == reverse("admin:candidates_proposal_change", args=[proposal.pk])
    assert not Job.objects.exists()
    assert not Release.objects.exists()

    shown = page_of(proposal, "approver")
    assert "Proposée par manager le" in text_of(shown)
    assert "Ce qui sera montré" in text_of(shown)
    assert sum(shown.context["totals"]) == deliberated_session.entries.count()
    own = text_of(page_of(proposal))
    assert "Une autre personne doit l’approuver : manager2." in own
    assert "Reprendre ma proposition" in own

    assert approved(proposal).state == APPROVED
    work()
    opened = Release.objects.open().get()
    assert opened.created_by == member("manager")
    of_release = client_of("manager").get(reverse("admin:results_release_change", args=[opened.pk]))
    assert "par manager" in text_of(of_release)
    assert "Approuvée, manager2" in text_of(of_release)
    of_session = client_of("auditor").get(
        reverse("admin:candidates_session_lifecycle", args=[deliberated_session.pk])
    )
    assert "Approuvée, manager2" in text_of(of_session)


def test_nobody_approves_their_own_proposal_by_the_page_nor_in_the_database(deliberated_session):
    second_manager()
    proposal = proposed(deliberated_session)
    assert post(proposal, "approve", client_of("manager")).status_code == 403
    assert post(proposal, "refuse", client_of("manager"), reason="Non.").status_code == 403
    decided = {"decided_by": member("manager"), "decided_at": timezone.now()}
    for state in (APPROVED, REFUSED):
        with pytest.raises(IntegrityError, match="another_person"), transaction.atomic():
            Proposal.objects.update(state=state, ended_at=timezone.now(), **decided)
    proposal.refresh_from_db()
    assert proposal.state == WAITING
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", ["operator", "secretary", "auditor", "administrator"])
def test_whoever_is_no_manager_approves_and_refuses_nothing(deliberated_session, role):
    second_manager()
    proposal = proposed(deliberated_session)
    assert post(proposal, "approve", client_of(role)).status_code == 403
    assert post(proposal, "refuse", client_of(role), reason="Non.").status_code == 403
    assert post(proposal, "take_back", client_of(role)).status_code == 403
    assert page_of(proposal, role).status_code == (403 if role == "administrator" else 200)
    proposal.refresh_from_db()
    assert proposal.state == WAITING


def test_a_superuser_counts_as_a_manager(deliberated_session):
    proposal = proposed(deliberated_session)
    post(proposal, "approve", client_of("superuser"))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (APPROVED, member("superuser"))


def test_a_refusal_has_a_reason_that_its_author_reads(deliberated_session):
    second_manager()
    proposal = proposed(deliberated_session)
    assert "Indiquez le motif du refus." in text_of(post(proposal, "refuse", approver()))
    post(proposal, "refuse", approver(), reason="La liste de Lyon manque.")
    proposal.refresh_from_db()
    assert proposal.state == REFUSED
    assert "La liste de Lyon manque." in text_of(page_of(proposal))
    assert "déjà refusée (manager2" in messages_of(post(proposal, "approve", approver()))[0]
    assert proposed(deliberated_session).state == WAITING  # again


def test_its_author_takes_a_proposal_back_and_nobody_else_does(deliberated_session):
    second_manager()
    proposal = proposed(deliberated_session)
    assert post(proposal, "take_back", approver()).status_code == 403
    post(proposal, "take_back", client_of("manager"))
    proposal.refresh_from_db()
    assert proposal.state == TAKEN_BACK
    post(proposal, "approve", approver())
    assert not Job.objects.exists()


def test_of_the_same_release_one_proposal_waits_at_a_time(deliberated_session):
    second_manager()
    first = proposed(deliberated_session)
    answer = confirmed(deliberated_session, "superuser", **at(in_(days=2)))
    assert answer.url == reverse("admin:candidates_proposal_change", args=[first.pk])
    assert Proposal.objects.get() == first


def test_decisions_that_change_meanwhile_end_a_proposal_and_open_nothing(
    people, deliberated_session
):
    """Those of one candidate up, those of another down: as many of each verdict as before."""
    second_manager()
    proposal = proposed(deliberated_session)
    counted = page_of(proposal).context["totals"]
    people["admitted"].marks.update(value=500)
    people["refused"].marks.update(value=1500)
    deliberate(deliberated_session)

    post(proposal, "approve", approver())
    proposal.refresh_from_db()
    assert proposal.state == LAPSED
    assert "Les décisions ont changé depuis la proposition." in text_of(page_of(proposal))
    again = proposed(deliberated_session)
    assert page_of(again).context["totals"] == counted
    work()
    assert not Release.objects.exists()


def test_a_release_deliberated_again_with_the_same_outcome_still_waits(deliberated_session):
    second_manager()
    proposal = proposed(deliberated_session)
    deliberate(deliberated_session)
    assert approved(proposal).state == APPROVED


def test_decisions_that_change_between_approval_and_worker_end_it_too(people, deliberated_session):
    second_manager()
    proposal = approved(proposed(deliberated_session))
    people["refused"].marks.update(value=1500)
    deliberate(deliberated_session)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (LAPSED, second_manager())
    assert "Les décisions ont changé" in proposal.reason
    assert not Release.objects.exists()


def test_a_proposal_whose_hour_has_passed_says_so_and_opens_nothing(deliberated_session):
    second_manager()
    proposal = proposed(deliberated_session, **at(in_(days=2)))
    Proposal.objects.update(opens_at=in_(seconds=-1))
    home = reverse("admin:index")
    assert "Propositions à approuver" not in text_of(client_of("manager").get(home))
    post(proposal, "approve", approver())
    proposal.refresh_from_db()
    assert proposal.state == LAPSED
    assert "L’heure demandée a passé" in text_of(page_of(proposal))
    assert not Job.objects.exists()


def test_sooner_and_again_take_two_later_takes_one(deliberated_session):
    second_manager()
    (scheduled,) = release.schedule(deliberated_session, at=in_(days=3))
    confirmed(deliberated_session, **at(in_(days=4)))
    assert not Proposal.objects.exists()
    work()
    scheduled.refresh_from_db()
    assert scheduled.opens_at > in_(days=3, hours=12)

    sooner = proposed(deliberated_session, **at(in_(days=2)))
    assert sooner.state == WAITING
    release.withdraw(scheduled, by=member("manager"))
    post(sooner, "approve", approver())
    sooner.refresh_from_db()
    assert sooner.state == LAPSED  # withdrawn meanwhile

    again = approved(proposed(deliberated_session))
    work()
    assert again.state == APPROVED
    assert Release.objects.open().exists()


def test_opening_before_the_announced_hour_takes_the_code_of_both(deliberated_session):
    second_manager()
    release.schedule(deliberated_session, at=in_(days=3))
    confirmed(deliberated_session)
    assert not Proposal.objects.exists()
    proposal = proposed(deliberated_session, confirmed=deliberated_session.code)
    assert "avant l’heure annoncée" in text_of(page_of(proposal, "approver"))
    answer = post(proposal, "approve", approver())
    assert "Tapez le code de la session pour confirmer." in messages_of(answer)
    proposal.refresh_from_db()
    assert proposal.state == WAITING
    approved(proposal, confirmed=deliberated_session.code)
    work()
    assert Release.objects.open().exists()


def test_rules_that_nobody_has_checked_are_told_to_who_approves(deliberated_session):
    second_manager()
    Regulation.objects.update(checked=False)
    proposal = proposed(deliberated_session, regulations_read="on")
    said = text_of(page_of(proposal, "approver"))
    assert "manager dit avoir comparé ces règlements à leurs textes." in said
    approved(proposal)
    work()
    assert Release.objects.open().exists()


def test_it_waits_on_the_first_page_and_is_written_to_those_who_may_approve(deliberated_session):
    for user in (second_manager(), member("manager"), member("auditor")):
        user.email = f"{user.username}@exemple.fr"
        user.save()
    proposal = proposed(deliberated_session)
    assert [message.to for message in Message.objects.all()] == ["manager2@exemple.fr"]
    outbox.send_due()
    (sent,) = mail.outbox
    assert reverse("admin:candidates_proposal_change", args=[proposal.pk]) in sent.body
    home = text_of(approver().get(reverse("admin:index")))
    assert "Propositions à approuver" in home
    address = reverse("admin:candidates_session_lifecycle", args=[deliberated_session.pk])
    assert "Relire la proposition de manager" in text_of(approver().get(address))


def test_with_one_manager_an_administrator_may_approve_and_the_page_says_why(deliberated_session):
    proposal = proposed(deliberated_session)
    shown = page_of(proposal, "administrator")
    assert "Un seul compte actif a le droit d’approuver" in text_of(shown)
    assert "/gestion/candidates/entry/" not in shown.content.decode()
    assert "administrator" in text_of(page_of(proposal))
    second = second_manager()
    assert page_of(proposal, "administrator").status_code == 403
    second.set_unusable_password()  # invited, and never signed in
    second.save()
    assert page_of(proposal, "administrator").status_code == 200
    second.set_password("quatre mots tout simples")
    second.is_active = False
    second.save()
    post(proposal, "approve", client_of("administrator"))
    work()
    assert Release.objects.open().exists()


def test_with_the_setting_off_one_person_opens_at_once(deliberated_session, settings):
    settings.SECOND_PERSON = False
    confirmed(deliberated_session)
    assert not Proposal.objects.exists()
    work()
    assert Release.objects.open().exists()


def test_one_click_of_one_person_withdraws_every_release_of_a_session_and_tells_the_others(
    deliberated_session,
):
    other = second_manager()
    other.email = "autre@exemple.fr"
    other.save()
    release.schedule(deliberated_session)
    address = reverse("admin:candidates_session_lifecycle", args=[deliberated_session.pk])
    assert "Tout retirer, tout de suite" in text_of(client_of("manager").get(address))
    withdraw = reverse("admin:results_release_withdraw")
    for role in ("operator", "auditor", "secretary"):
        assert "Tout retirer" not in text_of(client_of(role).get(address))
        refused = client_of(role).post(withdraw, {"session": deliberated_session.pk})
        assert refused.status_code == 403
    client_of("manager").post(withdraw, {"session": deliberated_session.pk})
    assert not Release.objects.open().exists()
    (told,) = Message.objects.all()
    assert told.to == "autre@exemple.fr"
    assert "manager vient de retirer des résultats" in told.text
    home = text_of(client_of("manager").get(reverse("admin:index")))
    assert "Publications retirées, à publier de nouveau" in home
    client_of("manager").post(withdraw, {"session": deliberated_session.pk})
    assert Message.objects.count() == 1


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_at_the_same_moment_exactly_one_acts(deliberated_session):
    proposal = proposed(deliberated_session)
    people = [second_manager(), member("superuser")]
    together = Barrier(2)

    def approve(by):
        together.wait()
        try:
            return acts.approve(proposal.pk, by=by, posted={}).decided_by
        except acts.Ended:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(approve, people))
    assert len([by for by in done if by]) == 1
    assert Job.objects.count() == 1
    proposal.refresh_from_db()
    assert proposal.decided_by in done


def test_a_check_before_deployment_tells_of_one_manager_alone(deliberated_session, settings):
    member("manager")
    assert [found.id for found in checks.check_managers(None)] == ["candidates.W001"]
    second_manager()
    assert not checks.check_managers(None)
    second_manager().groups.clear()
    settings.SECOND_PERSON = False
    assert not checks.check_managers(None)
