"""The page on which a candidate follows their diploma."""

import datetime
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from candidates.address_changes.changes import change_address
from candidates.postal.address import Address
from diplomas.dispatch import custody, dispatch
from diplomas.models import CustodyEvent, Diploma, EventKind, Route
from results.models import Regulation, Release
from results.publication import release
from tests import factories
from tests.candidates.visits import anonymous, words
from tests.diplomas import dispatched, published
from tests.diplomas.dispatched import diploma_of
from tests.diplomas.published import identify
from tests.results.pages import texts
from tests.staff import member

pytestmark = pytest.mark.django_db

MINE = "/diplome/"
SCHOOL = {"address": "1 rue d’Ulm", "postcode": "75005"}


@pytest.fixture
def in_july(time_machine):
    """Release in July: `in_july()`, just before the hour that it opens at."""

    def release_then():
        hour = datetime.datetime(2026, 7, 2, 10, tzinfo=datetime.UTC)
        time_machine.move_to(hour - timedelta(minutes=1))
        dispatched.released(at=hour)

    return release_then


@pytest.fixture
def pupil():
    entry = dispatched.at_school(school=factories.school(**SCHOOL))
    dispatched.released()
    return entry


def page(client, entry, **headers):
    identify(client, entry)
    answer = client.get(MINE, **headers)
    assert answer.status_code == 200
    return words(answer)


def present(client, entry):
    """The step that the page marks as the present one."""
    identify(client, entry)
    markup = client.get(MINE).content.decode()
    assert markup.count('aria-current="step"') == 1
    return words_of(markup.split('aria-current="step"')[1].split("</li>")[0].partition(">")[2])


def words_of(markup):
    class Answer:
        content = markup.encode()

    return words(Answer)


def test_who_is_not_identified_is_asked_and_comes_back(client, pupil):
    asked = client.get(MINE)
    assert asked.status_code == 302
    assert "suivre votre diplôme" in words(client.get(asked.url))
    typed = {"number": pupil.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    assert client.post(asked.url, typed).url == MINE


def test_a_pupil_reads_where_when_and_with_what(in_july, client):
    pupil = dispatched.at_school(school=factories.school(**SCHOOL))
    in_july()
    shown = page(client, pupil)
    for fact in ("Lycée des Exemples 1 rue d’Ulm 75005 PARIS", "début octobre 2026", "pièce"):
        assert fact in shown
    assert "Procuration" in shown


def test_an_individual_candidate_reads_where_it_goes_and_may_change_it(in_july, client):
    individual = dispatched.at_home()
    in_july()
    shown = page(client, individual)
    assert "12 RUE DES LILAS 75011 PARIS" in shown
    assert "début septembre 2026" in shown
    assert 'href="/adresse/"' in client.get(MINE).content.decode()
    dispatched.move(individual, city="LYON", postcode="69003")
    assert "69003 LYON" in page(client, individual)


def test_once_sealed_the_page_shows_the_address_that_is_printed(client, individual):
    dispatched.batch(Route.HOME)
    dispatched.move(individual, city="LYON", postcode="69003")
    shown = page(client, individual)
    assert "75011 PARIS" in shown
    assert "LYON" not in shown
    assert "L’adresse de cet envoi ne change plus" in shown


def test_a_candidate_of_another_academy_reads_which_rectorat_to_ask(client):
    entry = dispatched.at_school(academy=factories.academy("10", name="Lyon"))
    dispatched.released()
    shown = page(client, entry)
    assert "de l’académie de Lyon, qui l’envoie en octobre 2026" in shown
    assert entry.academy.website in shown
    assert "Étape par étape" not in shown


def test_each_step_becomes_the_present_one_in_turn(client, pupil):
    assert 'aria-current="step"' not in page(client, pupil)
    batch = dispatched.batch(stage="DRAFT")
    for step, title in {
        "SEALED": "Préparé",
        "PRINTED": "Imprimé",
        "SENT": "Envoyé à votre établissement Le 3 septembre 2026 – numéro de suivi RR123456789FR",
        "ARRIVED": "Arrivé dans votre établissement",
    }.items():
        batch = dispatched.advance(batch, step)
        assert present(client, pupil).startswith(title)
    custody.record(diploma_of(pupil), EventKind.COLLECTED, by=None, collected_by="CANDIDATE")
    assert present(client, pupil).startswith("Remis")
    assert "à venir" not in page(client, pupil)


def test_a_diploma_that_came_back_says_what_to_do_then_that_it_left_again(client, individual):
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(diploma_of(individual), EventKind.RETURNED, by=None, cause="NPAI")
    shown = page(client, individual)
    assert "Votre diplôme nous est revenu" in shown
    assert "La poste ne vous a pas trouvé" in shown
    assert "Changer d’adresse" in shown
    dispatched.move(individual, city="LYON", postcode="69003")
    custody.record(diploma_of(individual), EventKind.SENT_AGAIN, by=None, tracking="RR9FR")
    assert "69003 LYON" in page(client, individual)
    assert present(client, individual).startswith("Renvoyé")


def test_who_had_it_collected_learns_of_it_without_a_name(client, pupil):
    dispatched.batch(stage="ARRIVED")
    custody.record(
        diploma_of(pupil),
        EventKind.COLLECTED,
        by=None,
        collected_by="PROXY",
        proxy_name="Zoé Tiers",
    )
    shown = page(client, pupil)
    assert "Une personne l’a retiré pour vous" in shown
    assert "Tiers" not in shown


def test_a_held_diploma_says_no_more_than_that_it_is_checked(client, pupil):
    batch = dispatched.batch(stage="PRINTED")
    dispatch.hold(batch, [diploma_of(pupil)], reason="Signature douteuse.")
    shown = page(client, pupil)
    assert "vérifie un point" in shown
    assert "douteuse" not in shown


def test_the_days_that_the_office_gives_stand_on_the_page_the_result_and_the_help(client, pupil):
    session = pupil.session
    session.diplomas_at_school_from = timezone.localdate() + timedelta(days=10)
    session.save()
    day = f"à partir du {session.diplomas_at_school_from.day}"
    assert day in page(client, pupil)
    assert day in words(client.get(reverse("results:mine")))
    assert day in words(client.get(reverse("guidance:diploma")))


def test_a_result_that_opened_late_is_not_told_of_a_date_that_is_past(client, time_machine):
    time_machine.move_to("2026-11-10T12:00:00+01:00")
    entry = dispatched.at_school()
    dispatched.released()
    shown = page(client, entry)
    assert "la date n’est pas encore connue" in shown
    assert "octobre" not in shown


# Nothing leaks ------------------------------------------------------------------------------------


def test_before_the_hour_every_candidate_reads_the_same_page(client):
    people = published.people(at=timezone.now() + timedelta(hours=1))
    pages = {anonymous(page(client, entry)) for entry in people.values()}
    assert len(pages) == 1
    assert "ne sont pas ouverts" in pages.pop()


def test_while_a_release_is_withdrawn_the_page_says_nothing(client, pupil):
    dispatched.batch(stage="SENT")
    release.withdraw(Release.objects.get(), by=member("superuser"))
    assert "ne sont pas ouverts" in page(client, pupil)


def test_a_withheld_candidate_reads_nothing_about_a_diploma(client):
    entry = published.people()["withheld"]
    identify(client, entry)
    answer = client.get(MINE)
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    assert "diplôme" not in words_of(main)
    assert reverse("guidance:fraud") in main


def test_a_candidate_withheld_later_reads_nothing_about_a_diploma_either(client, pupil):
    dispatched.batch(stage="SENT")
    published.withhold(pupil)
    assert "n’est pas communiqué" in page(client, pupil)
    assert "RR123456789FR" not in page(client, pupil)


@pytest.mark.parametrize("situation", ["refused", "absent", "control"])
def test_who_is_not_admitted_reads_that_there_is_none(client, situation):
    assert "Pas de diplôme à suivre" in page(client, published.people()[situation])
    main = client.get(MINE).content.decode().split("<main")[1]
    assert f'href="{reverse("results:mine")}">Voir mon résultat</a>' in main


def test_who_is_deferred_reads_that_september_s_page_tells(client):
    speciality = factories.regulation(exam="BAC")
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    marks = factories.ADMITTED | {"U2": "FM"}
    entry = factories.entry(marks=marks, session=factories.session("BAC-2026", exam="BAC"))
    dispatched.released(entry.session)
    told = page(client, entry)
    assert "C’est la page de cette session qui dira si vous avez votre diplôme." in told
    assert "n’a pas donné de diplôme" not in told
    assert "une autre année" not in told


@pytest.mark.parametrize("path", ["diplome/procuration.pdf", "diplome/retrait.ics"])
@pytest.mark.parametrize("situation", ["refused", "withheld", "nobody"])
def test_the_files_are_for_who_has_a_diploma_to_collect(client, path, situation):
    people = published.people()
    if situation != "nobody":
        identify(client, people[situation])
    assert client.get(f"/{path}").url == MINE


def test_the_public_role_sees_no_diploma_of_a_release_that_is_not_open(pupil):
    dispatched.batch(stage="SENT")
    assert Diploma.objects.using("public").values("pk").count() == 1
    assert CustodyEvent.objects.using("public").values("pk").count() == 2
    release.withdraw(Release.objects.get(), by=member("superuser"))
    assert Diploma.objects.using("public").values("pk").count() == 0
    assert CustodyEvent.objects.using("public").values("pk").count() == 0


@pytest.mark.parametrize("column", ["note", "by", "proxy_name"])
def test_the_public_role_cannot_read_what_is_the_offices_own(pupil, column):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(CustodyEvent.objects.using("public").order_by("pk").values_list(column))


def test_the_public_role_changes_nothing(pupil):
    dispatched.batch(stage="SENT")
    for table in ("diplomas_diploma", "diplomas_custodyevent", "diplomas_dispatchbatch"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(using="public"),
            connections["public"].cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(("stage", "asked"), [("DRAFT", 4), ("SENT", 3), ("ARRIVED", 3)])
def test_the_page_costs_the_same_queries_at_every_stage(
    client, pupil, stage, asked, django_assert_num_queries
):
    dispatched.batch(stage=stage)
    identify(client, pupil)
    # 1. the result  2. the diploma and its batch  3. its events  4. the school, until it is sealed
    with django_assert_num_queries(asked, using="public"), django_assert_num_queries(0):
        client.get(MINE)


def test_an_address_that_is_not_sealed_costs_one_query_more(
    client, individual, django_assert_num_queries
):
    identify(client, individual)
    # The result and the diploma; then where the candidate lives.
    with django_assert_num_queries(3, using="public"):
        client.get(MINE)


def test_the_page_is_kept_by_nobody(client, pupil):
    identify(client, pupil)
    assert "no-store" in client.get(MINE)["Cache-Control"]


# What one takes along -----------------------------------------------------------------------------


def test_the_mandate_names_the_candidate_and_the_place_and_nothing_more(client, pupil):
    identify(client, pupil)
    answer = client.get(reverse("diplomas:proxy_form"))
    assert answer["Content-Type"] == "application/pdf"
    (only,) = texts(answer.content)
    for fact in ("Léa ALBERT", pupil.number, "Lycée des Exemples", "1 rue d’Ulm"):
        assert fact in only
    for secret in ("LILAS", "2004", "13,00"):
        assert secret not in only


def test_the_calendar_holds_the_day_when_it_is_known_else_the_beginning_of_the_month(
    client, pupil, time_machine
):
    time_machine.move_to("2026-09-01T12:00:00+02:00", tick=False)
    identify(client, pupil)
    file = client.get(reverse("diplomas:calendar"))
    assert file["Content-Type"].startswith("text/calendar")
    text = file.content.decode().replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20261001" in text
    assert "DTEND;VALUE=DATE:20261011" in text
    assert "LOCATION:Lycée des Exemples\\, 1 rue d’Ulm\\, 75005 PARIS" in text
    assert pupil.number not in text
    assert "ALBERT" not in text
    pupil.session.diplomas_at_school_from = datetime.date(2026, 10, 5)
    pupil.session.save()
    text = client.get(reverse("diplomas:calendar")).content.decode()
    assert "DTSTART;VALUE=DATE:20261005" in text
    assert "DTEND;VALUE=DATE:20261006" in text


def test_who_gave_a_new_address_for_a_returned_diploma_is_told_that_it_came(client, individual):
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(diploma_of(individual), EventKind.RETURNED, by=None, cause="NPAI")
    assert "Donnez votre nouvelle adresse" in page(client, individual)
    present_address = Address.of(individual.candidate)
    change_address(
        factories.visit(individual),
        form_key="k",
        seen=present_address,
        new=replace(present_address, address1="3 RUE VICTOR HUGO", city="LYON"),
    )
    shown = page(client, individual)
    assert "Nouvelle adresse reçue le" in shown
    assert "nous vous le renvoyons" in shown
    assert "L’adresse où nous le renvoyons 3 RUE VICTOR HUGO 75011 LYON" in shown
    assert "Donnez votre nouvelle adresse" not in shown
    assert "Donnez la bonne adresse" not in shown


def test_another_mailbox_alone_is_no_new_address_for_a_returned_diploma(client, individual):
    dispatched.batch(Route.HOME, stage="SENT")
    custody.record(diploma_of(individual), EventKind.RETURNED, by=None, cause="NPAI")
    dispatched.move(individual, email="autre@exemple.fr")
    assert "Donnez votre nouvelle adresse" in page(client, individual)


def test_the_page_speaks_english_too(client, individual):
    dispatched.batch(Route.HOME, stage="SENT")
    shown = page(client, individual, HTTP_ACCEPT_LANGUAGE="en")
    assert "Your diploma was posted on 3 September 2026." in shown
