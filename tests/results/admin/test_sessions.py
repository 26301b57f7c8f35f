import html
import re
from datetime import time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from candidates.models import Entry, Job, Session, Speciality
from results.admin import lifecycle
from results.jury.deliberation import deliberate
from results.models import Decision, JuryDecision, PublishedResult, Regulation, Release, Test
from results.publication import release
from tests import factories
from tests.jobs import said, work
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.usefixtures("one_person")]


def address(name, session):
    return reverse(f"admin:candidates_session_{name}", args=[session.pk])


def release_data(session, *, round=1, when="now", **values):
    specialities = list(
        Entry.objects.filter(session=session)
        .order_by("speciality")
        .values_list("speciality", flat=True)
        .distinct()
    )
    return {"round": round, "specialities": specialities, "when": when} | values


def confirmed(client, session, data):
    """Post `data` in the two steps of the page, and have the worker do what is then asked.

    Returns the answer to the confirmation: the page of the job, or what refuses it. `data` may
    give the code of the session as `confirmed`.
    """
    page = client.post(address("schedule", session), data)
    data = data | {"_confirm": "1", "seen": page.context["seen"]}
    answer = client.post(address("schedule", session), data)
    if answer.status_code != 302:
        return answer
    work()
    return client.get(answer.url)


def decided(client, session, *, round=1):
    """Have a session deliberated on its page, and return what the page of the job then says."""
    asked = client.post(address("deliberate", session), {"round": round})
    work()
    return client.get(asked.url).context["job"]


def on(instant):
    instant = timezone.localtime(instant)
    return {"when": "later", "day": f"{instant:%Y-%m-%d}", "hour": f"{instant:%H:%M}"}


def progress_of(session):
    return lifecycle.rounds_of([session])[session.pk]


def test_before_the_jury_the_page_counts_who_is_entered_and_whose_marks_are_missing(
    session, manager
):
    factories.entry("26PARTIAL", marks={"U1": "12"})
    factories.entry("26SUSPENDED", withheld=True)
    (progress,) = progress_of(session)
    assert (progress.entries, progress.missing, progress.undecided) == (8, 1, 8)
    assert manager.get(address("lifecycle", session)).status_code == 200


def test_a_test_marked_by_its_parts_misses_none_when_each_part_has_its_mark(session):
    whole = Test.objects.get(speciality__code="MINI", code="U3")
    for position, code in enumerate(("U31", "U32"), start=10):
        Test.objects.create(
            speciality=whole.speciality, whole=whole, code=code, coefficient=1, position=position
        )
    halves = {"U1": "12", "U2": "12", "U31": "12"}
    factories.entry("26HALF", speciality=whole.speciality, marks=halves)
    factories.entry("26BOTH", speciality=whole.speciality, marks=halves | {"U32": "10"})
    (progress,) = progress_of(session)
    assert progress.missing == 1


def test_after_the_jury_the_page_counts_each_verdict(session):
    deliberate(session)
    first, second = progress_of(session)
    assert [count for _verdict, count in first.counts] == [2, 1, 1, 1, 0, 0, 1, 0]
    assert (first.missing, first.undecided) == (0, 0)
    assert (second.round, second.entries, second.missing, second.undecided) == (2, 1, 1, 1)


def test_the_table_takes_the_same_queries_for_any_number_of_specialities(
    session, django_assert_num_queries
):
    for number in range(5):
        speciality = factories.regulation(f"S{number}")
        factories.entry(speciality=speciality, marks=factories.ADMITTED)
    # entries, decisions, releases, missing marks, called without marks, specialities
    with django_assert_num_queries(6):
        assert len(progress_of(session)) == 6


def test_an_empty_session_says_so_and_offers_nothing(manager):
    page = text_of(manager.get(address("lifecycle", factories.session("VIDE-2026"))))
    assert "Cette session n’a aucune inscription." in page
    assert "Délibérer le premier tour" not in page


def test_a_manager_deliberates_and_reads_the_table_of_verdicts(session, manager):
    texts = said(decided(manager, session))
    assert "MINI : admis 2, appelé au second tour 1, refusé 1, éliminé 1, suspendu 1" in texts
    assert texts[-1] == (
        "Délibération du premier tour : décisions créées : 6 ; changées : 0 ; retirées : 0."
    )
    assert Decision.objects.count() == 6


def test_deliberating_twice_is_taken_politely(session, manager):
    decided(manager, session)
    again = decided(manager, session)
    assert said(again)[-1] == "Rien n’a changé depuis la dernière délibération."


def test_a_manager_deliberates_the_second_round(people, session, manager):
    deliberate(session)
    factories.give_marks(people["control"], {"U1": (None, "15")})
    decided(manager, session, round=2)
    assert Decision.objects.get(round=2).entry == people["control"]


def test_a_speciality_without_rules_stops_the_deliberation_with_a_sentence(session, manager):
    factories.entry(
        speciality=Speciality.objects.create(
            exam="BTS", code="SANS", label="Sans règlement", from_session=2026
        )
    )
    refused = decided(manager, session)
    assert refused.state == Job.State.FAILED
    assert said(refused) == ["La spécialité SANS n’a pas de règlement d’examen."]
    assert not Decision.objects.exists()


def test_a_decision_that_is_public_is_not_deliberated_away(people, session, manager):
    deliberate(session)
    release.schedule(session)
    JuryDecision.objects.create(
        entry=people["refused"], points=50, reason="x", author=member("manager")
    )
    assert "correction motivée" in said(decided(manager, session))[0]


def test_a_release_is_shown_before_it_is_made(session, manager):
    deliberate(session)
    page = manager.post(address("schedule", session), release_data(session))
    assert page.context["shown"][0]["counts"][0][1] == 2
    assert [count for _v, count in page.context["shown"][0]["counts"]] == [2, 1, 1, 1, 0, 0, 1, 0]
    assert "publics dès que la tâche que vous confirmez est finie" in text_of(page)
    assert not Release.objects.exists()


def test_a_manager_opens_a_release_at_once(session, manager):
    deliberate(session)
    answer = confirmed(manager, session, release_data(session))
    opened = Release.objects.open().get()
    hour = date_format(timezone.localtime(opened.opens_at), "j F Y, H:i:s")
    said_of_it = f"MINI, premier tour : résultats publics depuis le {hour}."
    assert said(answer.context["job"]) == [said_of_it]
    noted = LogEntry.objects.get()
    assert (str(noted.user), noted.get_change_message()) == (
        "manager",
        answer.context["job"].message,
    )
    assert opened.created_by.username == "manager"
    assert PublishedResult.objects.open().count() == 6


def test_rules_that_nobody_has_checked_are_shown_and_ticked_before_a_release(session, manager):
    deliberate(session)
    Regulation.objects.update(checked=False)
    assert "Règlements à vérifier" in text_of(
        manager.post(address("schedule", session), release_data(session))
    )
    refused = confirmed(manager, session, release_data(session))
    assert "Cochez la case pour publier" in text_of(refused)
    assert not Release.objects.exists()
    confirmed(manager, session, release_data(session, regulations_read="on"))
    assert Release.objects.open().exists()


def test_a_manager_gives_an_hour_of_paris(session, manager):
    deliberate(session)
    day = timezone.localdate() + timedelta(days=20)
    data = release_data(session) | {"when": "later", "day": day.isoformat(), "hour": "10:00"}
    page = manager.post(address("schedule", session), data)
    shown = date_format(day, "l j F Y")
    assert f"publics le {shown} à 10:00 (heure de Paris)" in text_of(page)
    confirmed(manager, session, data)
    opens_at = timezone.localtime(Release.objects.upcoming().get().opens_at)
    assert (opens_at.date(), opens_at.time()) == (day, time(10))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"when": "later"}, "Indiquez le jour et l’heure"),
        ({"when": "later", "day": "2020-07-06", "hour": "10:00"}, "Cette heure est passée"),
        ({"when": "later", "day": "2027-03-28", "hour": "02:30"}, "n’existe pas à Paris"),
        ({"when": "later", "day": "2026-10-25", "hour": "02:30"}, "existe deux fois à Paris"),
        ({"when": "later", "day": "2127-07-06", "hour": "10:00"}, "dans plus de deux ans"),
        ({"specialities": []}, "Choisissez au moins une spécialité"),
    ],
)
def test_a_form_that_says_too_little_or_too_late_releases_nothing(
    values, sentence, session, manager
):
    deliberate(session)
    data = release_data(session) | values | {"_confirm": "1"}
    assert sentence in text_of(manager.post(address("schedule", session), data))
    assert not Release.objects.exists()


def test_missing_marks_are_named_and_leave_nothing_to_confirm(session, manager):
    factories.entry("26PARTIAL", marks={"U1": "12"})
    deliberate(session)
    page = manager.post(address("schedule", session), release_data(session))
    assert "26PARTIAL (U2, U3)" in text_of(page)
    assert "_confirm" not in text_of(page)
    data = release_data(session) | {"_confirm": "1", "seen": page.context["seen"]}
    manager.post(address("schedule", session), data)
    assert not Release.objects.exists()


def test_a_release_that_is_refused_announces_no_hour(session, manager):
    factories.entry("26PARTIAL", marks={"U1": "12"})
    deliberate(session)
    page = text_of(manager.post(address("schedule", session), release_data(session)))
    assert "Publication impossible" in page
    assert "publics dès que" not in page
    assert "Ce qui sera montré" not in page


def test_whoever_lacks_a_mark_of_the_second_round_blocks_its_release(people, session, manager):
    deliberate(session)
    release.schedule(session)
    factories.give_marks(people["control"], {"U1": (None, "20")})
    assert progress_of(session)[1].missing == 1
    named = f"{people['control'].number} (1 épreuve du second tour sans note ni absence)"
    assert named in said(decided(manager, session, round=2))[-1]
    assert progress_of(session)[1].missing == 1
    page = manager.post(address("schedule", session), release_data(session, round=2))
    assert named in text_of(page)
    assert "_confirm" not in text_of(page)


def test_a_deliberation_that_leaves_marks_missing_is_no_success(session, manager):
    factories.entry("26PARTIAL", marks={"U1": "12"})
    job = decided(manager, session)
    assert said(job)[-1] == ("MINI : 1 candidat a des notes manquantes : 26PARTIAL (U2, U3).")
    page = manager.get(reverse("admin:candidates_job_change", args=[job.pk]))
    assert '<div class="standing standing-warned">' in page.content.decode()


@pytest.mark.parametrize(
    ("round", "verdict", "names"),
    [
        (1, "ADMITTED", {"admitted", "discreet"}),
        (1, "CONTROL", {"control"}),
        (2, "ADMITTED", {"control"}),
    ],
)
def test_a_number_of_the_confirmation_leads_to_those_it_counts(
    round, verdict, names, people, session, manager
):
    deliberate(session)
    factories.give_marks(people["control"], {"U1": (None, "20"), "U2": (None, "20")})
    release.schedule(session)
    deliberate(session, round=2)
    page = manager.post(address("schedule", session), release_data(session, round=round))
    links = re.findall(rf'href="([^"]*verdict={verdict})">(\d+)<', page.content.decode())
    ((link, count),) = links
    found = manager.get(html.unescape(link)).context["cl"].result_list
    assert set(found) == {people[name] for name in names}
    assert int(count) == len(names)


def test_what_changes_between_the_two_steps_is_shown_again(people, session, manager):
    deliberate(session)
    data = release_data(session)
    seen = manager.post(address("schedule", session), data).context["seen"]
    people["refused"].marks.update(value=1500)
    deliberate(session)
    page = manager.post(address("schedule", session), data | {"_confirm": "1", "seen": seen})
    assert "Les décisions ont changé" in text_of(page)
    assert not Release.objects.exists()
    confirmed(manager, session, data)
    assert Release.objects.open().exists()


def test_marks_that_came_after_the_jury_refuse_the_release_with_a_sentence(
    people, session, manager
):
    deliberate(session)
    people["refused"].marks.update(value=1500)
    answer = confirmed(manager, session, release_data(session))
    assert "des notes ont changé depuis la délibération" in said(answer.context["job"])[0]
    assert not Release.objects.exists()


def test_a_double_click_opens_once(session, manager):
    deliberate(session)
    data = release_data(session)
    seen = manager.post(address("schedule", session), data).context["seen"]
    for _click in range(2):
        answer = manager.post(
            address("schedule", session), data | {"_confirm": "1", "seen": seen}, follow=True
        )
        assert answer.status_code == 200
    assert Job.objects.count() == 1
    work()
    assert Release.objects.count() == 1
    assert set(PublishedResult.objects.values_list("revision", flat=True)) == {1}


def test_opening_before_the_announced_hour_takes_the_code_of_the_session(session, manager):
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(days=20))
    page = text_of(manager.post(address("schedule", session), release_data(session)))
    assert "MINI : 20 jours avant l’heure annoncée" in page
    assert "standing-alarm" in page
    assert "standing-public" not in page
    for code in ({}, {"confirmed": ""}, {"confirmed": "BTS-2027"}):
        answer = confirmed(manager, session, release_data(session) | code)
        assert "tapez le code de la session, BTS-2026 :" in text_of(answer)
        assert ("Ce n’est pas le code de la session." in text_of(answer)) == bool(code)
        assert not Release.objects.open().exists()
    confirmed(manager, session, release_data(session) | {"confirmed": " BTS-2026 "})
    assert Release.objects.open().exists()


def test_an_hour_that_comes_within_the_hour_is_an_opening_now(session, manager):
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(days=20))
    data = release_data(session) | on(timezone.now() + timedelta(minutes=10))
    answer = confirmed(manager, session, data)
    assert "avant l’heure annoncée" in text_of(answer)
    assert Release.objects.get().opens_at > timezone.now() + timedelta(days=19)


def test_the_announced_hour_may_be_put_off_or_brought_forward_by_days_without_the_code(
    session, manager
):
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(days=20))
    for days in (30, 10):
        confirmed(manager, session, release_data(session) | on(timezone.now() + timedelta(days)))
        assert (Release.objects.get().opens_at - timezone.now()).days in {days - 1, days}


def test_whoever_comes_second_is_told_the_hour_that_the_first_has_given(session, manager):
    deliberate(session)
    mine = release_data(session) | on(timezone.now() + timedelta(days=2))
    seen = manager.post(address("schedule", session), mine).context["seen"]
    hour = timezone.localtime(timezone.now() + timedelta(days=3)).replace(hour=10, minute=0)
    release.schedule(session, at=hour, by=member("superuser"))
    page = manager.post(address("schedule", session), mine | {"_confirm": "1", "seen": seen})
    day = date_format(hour, "j F Y")
    assert f"MINI : programmée entre-temps pour le {day} à 10 h 00 par superuser." in text_of(page)
    assert Release.objects.get().opens_at == hour
    again = mine | {"_confirm": "1", "seen": page.context["seen"]}
    manager.post(address("schedule", session), again)
    work()
    assert Release.objects.get().opens_at != hour


def test_whoever_comes_second_to_an_open_release_is_told_so(session, manager):
    deliberate(session)
    mine = release_data(session) | on(timezone.now() + timedelta(days=2))
    seen = manager.post(address("schedule", session), mine).context["seen"]
    release.schedule(session, by=member("superuser"))
    page = manager.post(address("schedule", session), mine | {"_confirm": "1", "seen": seen})
    assert "ouverte entre-temps" in text_of(page)


def test_an_open_release_is_left_alone_by_another_hour(session, manager):
    deliberate(session)
    release.schedule(session)
    before = Release.objects.get().opens_at
    data = release_data(session) | on(timezone.now() + timedelta(days=2))
    page = manager.post(address("schedule", session), data)
    assert "déjà ouverte : elle reste telle quelle" in text_of(page)
    confirmed(manager, session, data)
    assert Release.objects.get().opens_at == before


def test_a_waiting_release_takes_another_hour(session, manager):
    deliberate(session)
    release.schedule(session, at=timezone.now() + timedelta(hours=1))
    confirmed(manager, session, release_data(session) | on(timezone.now() + timedelta(days=2)))
    assert Release.objects.get().opens_at > timezone.now() + timedelta(days=1)


def test_a_second_round_before_the_first_is_refused_on_the_page(people, session, manager):
    deliberate(session)
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(session, round=2)
    page = manager.post(address("schedule", session), release_data(session, round=2))
    assert "le premier tour ne sera pas publié à cette heure" in text_of(page)


def test_the_form_proposes_the_round_that_comes_next(people, session, manager):
    deliberate(session)
    release.schedule(session)
    form = manager.get(address("lifecycle", session)).context["form"]
    assert form.initial == {"round": 1, "specialities": []}
    factories.give_marks(people["control"], {"U1": (None, "15")})
    deliberate(session, round=2)
    form = manager.get(address("lifecycle", session)).context["form"]
    assert form.initial == {"round": 2, "specialities": [people["control"].speciality_id]}


def test_a_manager_makes_a_session_and_its_dates(manager):
    data = {
        "exam": "BTS",
        "year": "2027",
        "code": "BTS-2027",
        "label": "BTS, session 2027",
        "register_again_from": "12/10/2027",
        "register_again_until": "20/11/2027",
    }
    manager.post(reverse("admin:candidates_session_add"), data)
    assert Session.objects.get(code="BTS-2027").register_again_from.isoformat() == "2027-10-12"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "BTS-2072"}, "Ce code est celui d’une session de 2072, et l’année est 2027."),
        ({"year": "20277", "code": "BTS"}, "Une année de 1950 à 2100."),
    ],
)
def test_a_session_whose_code_or_year_is_mistyped_is_not_made(typed, sentence, manager):
    data = {"exam": "BTS", "year": "2027", "code": "BTS-2027", "label": "BTS, session 2027"}
    page = manager.post(reverse("admin:candidates_session_add"), data | typed)
    assert sentence in text_of(page)
    assert "session_year_is_plausible" not in text_of(page)
    assert not Session.objects.exists()


def test_a_session_made_by_mistake_is_removed_while_nobody_is_entered(manager):
    made = Session.objects.create(exam="BTS", year=2027, code="BTS-2072", label="BTS 2027")
    page = manager.get(reverse("admin:candidates_session_change", args=[made.pk]))
    delete = reverse("admin:candidates_session_delete", args=[made.pk])
    assert delete in text_of(page)
    assert client_of("operator").post(delete, {"post": "yes"}).status_code == 403
    manager.post(delete, {"post": "yes"})
    assert not Session.objects.exists()


def test_a_session_with_entries_is_not_removed(session, manager):
    delete = reverse("admin:candidates_session_delete", args=[session.pk])
    assert manager.post(delete, {"post": "yes"}).status_code == 403


def test_the_state_of_each_release_stands_beside_its_speciality(session, manager):
    """On a phone the columns of numbers are off the screen."""
    text = text_of(manager.get(address("lifecycle", session)))
    assert text.index(">Spécialité<") < text.index(">Publication<") < text.index(">Inscrits<")


def test_dates_in_the_wrong_order_are_explained(session, manager):
    data = {
        "label": "BTS",
        "register_again_from": "20/11/2026",
        "register_again_until": "12/10/2026",
    }
    page = manager.post(reverse("admin:candidates_session_change", args=[session.pk]), data)
    assert "La réinscription finit avant d’avoir commencé." in text_of(page)


def test_the_code_of_a_session_is_given_once_and_for_all(session, manager):
    """Access codes are derived from it."""
    manager.post(
        reverse("admin:candidates_session_change", args=[session.pk]),
        {"code": "AUTRE", "exam": "BAC", "year": "2030", "label": "Autre libellé"},
    )
    session.refresh_from_db()
    assert (session.code, session.exam, session.year) == ("BTS-2026", "BTS", 2026)
    assert session.label == "Autre libellé"
