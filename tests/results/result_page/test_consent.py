"""The name on the web list: shown as it would stand there, and taken off at once."""

import contextlib
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from candidates.models import Candidate, EntryEvent
from results.models import Release
from results.result_page.consent import Minor, TooLate, TooMany, consent_of, give, withdraw
from tests import factories
from tests.candidates.visits import anonymous, identify, words
from tests.databases import rewriting_history
from tests.office_files import entries_loader

pytestmark = pytest.mark.django_db

PAGE = "/resultats/publication/"


def choose(client, choice):
    return client.post(PAGE, {"choice": choice}, follow=True)


def listed(client, entry):
    page = client.get(reverse("results:list", args=[entry.session.code, entry.speciality.code]))
    return entry.candidate.list_name in words(page)


def test_the_page_is_for_who_is_identified(client, open_people):
    assert client.get(PAGE).url.startswith(reverse("results:lookup"))
    asked = client.get(PAGE).url
    assert identify(client, open_people["admitted"], after=asked).url == PAGE


def test_it_shows_the_very_line_of_the_list(client, open_people):
    identify(client, open_people["admitted"])
    page = words(client.get(PAGE))
    assert "ALBERT Léa" in page
    assert "Votre nom est publié sur internet." in page
    assert listed(client, open_people["admitted"])


def test_withdrawn_it_leaves_the_list_at_once_and_for_good(client, open_people):
    entry = open_people["admitted"]
    identify(client, entry)
    page = words(choose(client, "withdraw"))
    assert "Votre nom n’est pas publié sur internet." in page
    assert "Accord retiré le" in page
    assert not listed(client, entry)
    assert "un accord ne se donne plus ici" in words(choose(client, "give"))
    assert not listed(client, entry)


def test_withdrawn_twice_it_is_withdrawn_once(client, open_people):
    entry = open_people["admitted"]
    identify(client, entry)
    choose(client, "withdraw")
    choose(client, "withdraw")
    assert EntryEvent.objects.filter(id=entry.pk).count() == 1
    assert len(consent_of(factories.visit(entry)).history) == 1


def test_the_history_says_who_chose_and_when(open_people):
    entry = open_people["admitted"]
    withdraw(factories.visit(entry))
    event = EntryEvent.objects.get(id=entry.pk)
    assert event.pgh_context == {"by": "candidate"}
    assert consent_of(factories.visit(entry)).history == [
        (event.pgh_created_at, False, "candidate")
    ]


def test_before_the_hour_one_may_change_ones_mind(client, scheduled_people):
    entry = scheduled_people["discreet"]
    identify(client, entry)
    assert "si vous êtes admis" in words(client.get(PAGE))
    choose(client, "give")
    choose(client, "withdraw")
    choose(client, "give")
    Release.objects.update(opens_at=timezone.now() - timedelta(hours=1))
    assert listed(client, entry)
    history = consent_of(factories.visit(entry)).history
    assert [given for _at, given, _by in history] == [True, False, True]


def test_ten_choices_are_a_days_worth_and_a_consent_can_still_be_taken_back(
    client, scheduled_people
):
    entry = scheduled_people["admitted"]
    identify(client, entry)
    for _time in range(5):
        choose(client, "withdraw")
        choose(client, "give")
    assert "Accord retiré le" in words(choose(client, "withdraw"))
    page = words(choose(client, "give"))
    assert not consent_of(factories.visit(entry)).given
    assert "Vous avez changé d’avis dix fois en un jour" in page
    assert "Donner mon accord" not in page


def test_the_choices_of_the_day_before_do_not_count(scheduled_people):
    entry = scheduled_people["admitted"]
    for _time in range(5):
        withdraw(factories.visit(entry))
        give(factories.visit(entry))
    withdraw(factories.visit(entry))
    with pytest.raises(TooMany):
        give(factories.visit(entry))
    with rewriting_history():
        EntryEvent.objects.update(pgh_created_at=timezone.now() - timedelta(hours=25))
    give(factories.visit(entry))
    assert consent_of(factories.visit(entry)).given


@pytest.fixture
def minor():
    """Somebody who is eighteen tomorrow; the convocation gives another date."""
    entry, tomorrow = factories.entry(), timezone.localdate() + timedelta(days=1)
    Candidate.objects.update(birth_date=tomorrow.replace(year=tomorrow.year - 18))
    return entry


@pytest.mark.parametrize(
    ("by", "button", "recorded"),
    [
        ("representative", "Je suis le représentant légal", "par le représentant légal"),
        ("agreement", "Je suis le candidat", "le représentant légal étant d’accord"),
    ],
)
def test_the_legal_representative_of_a_minor_consents_and_this_is_recorded(
    client, minor, by, button, recorded
):
    identify(client, minor)
    page = words(client.get(PAGE))
    assert "Vous êtes mineur" in page
    assert button in page
    assert "Accord donné" not in words(choose(client, "give"))
    page = words(client.post(PAGE, {"choice": "give", "by": by}, follow=True))
    assert recorded in page
    assert EntryEvent.objects.get(id=minor.pk).pgh_context == {"by": by}
    assert [given for _at, given, _by in consent_of(factories.visit(minor)).history] == [True]


def test_a_minor_takes_a_consent_back_alone(minor):
    give(factories.visit(minor), "representative")
    withdraw(factories.visit(minor))
    history = consent_of(factories.visit(minor)).history
    assert [(given, by) for _at, given, by in history] == [
        (False, "candidate"),
        (True, "representative"),
    ]


@pytest.mark.parametrize("by", ["candidate", "", "office"])
def test_the_database_takes_no_consent_of_a_minor_alone(minor, by):
    with pytest.raises(Minor):
        give(factories.visit(minor), by)


def test_nobody_consents_for_an_adult(client, scheduled_people):
    entry = scheduled_people["discreet"]
    with pytest.raises(Minor):
        give(factories.visit(entry), "representative")
    identify(client, entry)
    assert "représentant légal" not in words(client.get(PAGE))


def test_before_the_hour_the_page_is_the_same_whatever_the_result_will_be(client, scheduled_people):
    seen = set()
    scheduled_people.pop("discreet")  # who has said no, and reads so
    for entry in scheduled_people.values():
        identify(client, entry)
        page = words(client.get(PAGE))
        for name in (entry.candidate.birth_name, entry.number):
            page = page.replace(name, "")
        seen.add(anonymous(page))
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["refused", "absent"])
def test_after_the_hour_who_is_on_no_list_is_told_that_lists_carry_the_admitted(
    client, open_people, name
):
    identify(client, open_people[name])
    assert "Les listes ne portent que des admis" in words(client.get(PAGE))


def test_who_is_withheld_reads_that_no_list_tells_anything(client, open_people):
    identify(client, open_people["withheld"])
    page = words(client.get(PAGE))
    assert "Cela n’annonce ni une réussite ni un échec." in page
    assert "Les listes ne portent que des admis" not in page
    assert "n’y viendra pas" not in page


@pytest.mark.parametrize(("name", "leaves"), [("admitted", True), ("refused", False)])
def test_only_a_name_that_is_on_the_list_is_said_to_leave_it(client, open_people, name, leaves):
    type(open_people[name]).objects.filter(pk=open_people[name].pk).update(web_consent=True)
    identify(client, open_people[name])
    page = words(client.get(PAGE))
    assert "Retirer mon accord" in page
    assert ("quitte la liste du site aussitôt" in page) is leaves


def test_who_is_called_to_the_second_round_may_still_choose(open_people):
    entry = open_people["control"]
    withdraw(factories.visit(entry))
    give(factories.visit(entry))
    assert consent_of(factories.visit(entry)).given
    withdraw(factories.visit(open_people["admitted"]))
    with pytest.raises(TooLate):
        give(factories.visit(open_people["admitted"]))


@pytest.mark.django_db(transaction=True)
def test_one_may_choose_while_the_session_is_being_decided(deliberated_people):
    other = connection.copy()
    with contextlib.closing(other), other.cursor() as deciding:
        entry = deliberated_people["admitted"]
        deciding.execute("BEGIN")
        deciding.execute("SELECT FROM candidates_entry WHERE id = %s FOR KEY SHARE", [entry.pk])
        withdraw(factories.visit(entry))
    entry.refresh_from_db()
    assert not entry.web_consent


def test_a_file_that_is_loaded_again_does_not_put_the_name_back(tmp_path):
    factories.school()
    factories.regulation()
    load = entries_loader(factories.session(), tmp_path)
    load({})
    entry = factories.session().entries.get()
    assert entry.web_consent
    withdraw(factories.visit(entry))
    assert "modifications : 0" in load({}).report
    entry.refresh_from_db()
    assert not entry.web_consent


@pytest.mark.parametrize("choice", ["", "other", "give"])
def test_nonsense_chooses_nothing(client, open_people, choice):
    entry = open_people["admitted"]
    identify(client, entry)
    choose(client, choice)
    assert listed(client, entry)


def test_the_page_is_never_kept(client, open_people):
    identify(client, open_people["admitted"])
    assert "no-store" in client.get(PAGE)["Cache-Control"]


@pytest.mark.parametrize(("name", "linked"), [("admitted", True), ("refused", False)])
def test_the_result_page_leads_there_only_whom_it_concerns(client, open_people, name, linked):
    identify(client, open_people[name])
    assert (PAGE in client.get(reverse("results:mine")).content.decode()) == linked
