"""The steps of a session: told from its facts alone, and the one that comes next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidates.models import Entry, Session, Speciality
from results.admin.lifecycle import RoundProgress
from results.admin.steps import (
    SessionFacts,
    State,
    coming_step,
    facts_of,
    next_step,
    steps_of,
)
from results.jury.deliberation import deliberate
from results.models import Regulation, Release
from results.publication import release
from tests import factories
from tests.staff import client_of

NOW = datetime(2026, 7, 6, 10, tzinfo=UTC)
MINI = Speciality(pk=1, exam="BTS", code="MINI", label="Mini", from_session=2026)
SECOND = {"choose": 2, "from_average": "8", "group_minimum": {}, "among": ""}


def regulation(**values):
    return Regulation(speciality=MINI, checked=True, second_round=SECOND, **values)


def opening(days, **values):
    return Release(pk=1, opens_at=NOW + timedelta(days), **values)


OPEN, COMING = opening(-1), opening(1)
WITHDRAWN = opening(-1, withdrawn_at=NOW)
ENTERED = {"schools": 3, "regulations": [regulation()]}
DECIDED = {"ADMITTED": 3, "CONTROL": 1}


def first(missing=0, verdicts=None, release=None):
    return RoundProgress(MINI, 1, 4, missing, verdicts or {}, release)


def second(missing=0, verdicts=None, release=None):
    return RoundProgress(MINI, 2, 1, missing, verdicts or {}, release)


def facts(*rounds, **values):
    session = Session(pk=1, code="BTS-2026", exam="BTS", year=2026)
    return SessionFacts(**({"session": session, "now": NOW, "rounds": rounds} | values))


NO, YET, DO, ON, DONE = (
    State.NOT_CONCERNED,
    State.NOT_YET,
    State.TO_DO,
    State.UNDER_WAY,
    State.DONE,
)
# The facts, the state of each step in order (regulations, schools, entries, marks, deliberation,
# jury, release, editions, second round, September), and the name of the one that comes next.
TABLE = {
    "nothing": (facts(), [DO, DO, YET, YET, YET, YET, YET, YET, NO, NO], "regulations"),
    "schools": (
        facts(regulations=[regulation()]),
        [DONE, DO, DO, YET, YET, YET, YET, YET, YET, NO],
        "schools",
    ),
    "entries": (
        facts(**ENTERED),
        [DONE, DONE, DO, YET, YET, YET, YET, YET, YET, NO],
        "entries",
    ),
    "a file of entries to confirm": (
        facts(**ENTERED, imports={"entries": [7]}),
        [DONE, DONE, ON, YET, YET, YET, YET, YET, YET, NO],
        "entries",
    ),
    "no rules for a speciality": (
        facts(first(), schools=3),
        [DO, DONE, DONE, DONE, DO, YET, YET, ON, NO, NO],
        "regulations",
    ),
    "no mark": (
        facts(first(missing=4), **ENTERED),
        [DONE, DONE, DONE, DO, DO, YET, YET, ON, YET, NO],
        "marks",
    ),
    "some marks": (
        facts(first(missing=1), **ENTERED),
        [DONE, DONE, DONE, ON, DO, YET, YET, ON, YET, NO],
        "marks",
    ),
    "every mark": (
        facts(first(), **ENTERED),
        [DONE, DONE, DONE, DONE, DO, YET, YET, ON, YET, NO],
        "deliberation",
    ),
    "deliberated with a mark missing": (
        facts(first(1, {"ADMITTED": 3, "INCOMPLETE": 1}), **ENTERED),
        [DONE, DONE, DONE, ON, ON, YET, YET, ON, YET, NO],
        "marks",
    ),
    "the mark has come since": (
        facts(first(0, {"ADMITTED": 3, "INCOMPLETE": 1}), **ENTERED),
        [DONE, DONE, DONE, DONE, ON, YET, YET, ON, YET, NO],
        "deliberation",
    ),
    "decided": (
        facts(first(0, DECIDED), second(1), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, ON, DO, ON, YET, NO],
        "release",
    ),
    "scheduled": (
        facts(first(0, DECIDED, COMING), second(1), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, DONE, ON, ON, DO, NO],
        "release",
    ),
    "withdrawn": (
        facts(first(0, DECIDED, WITHDRAWN), second(1), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, ON, DO, ON, YET, NO],
        "release",
    ),
    "open, second round without marks": (
        facts(first(0, DECIDED, OPEN), second(1), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, DO, NO],
        "second-round",
    ),
    "second round decided": (
        facts(first(0, DECIDED, OPEN), second(0, {"REFUSED": 1}), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, DO, NO],
        "second-round",
    ),
    "second round open": (
        facts(first(0, DECIDED, OPEN), second(0, {"REFUSED": 1}, OPEN), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, DONE, NO],
        None,
    ),
    "nobody called": (
        facts(first(0, {"ADMITTED": 4}, OPEN), **ENTERED),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, NO, NO],
        None,
    ),
    "deferred": (
        facts(
            first(0, {"ADMITTED": 3, "DEFERRED": 1}, OPEN),
            schools=3,
            regulations=[regulation(force_majeure="replacement")],
            left_to_copy=1,
        ),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, NO, DO],
        "september",
    ),
    "deferred, and copied": (
        facts(
            first(0, {"ADMITTED": 3, "DEFERRED": 1}, OPEN),
            schools=3,
            regulations=[regulation(force_majeure="replacement")],
            replacement=Session(pk=2),
        ),
        [DONE, DONE, DONE, DONE, DONE, DONE, DONE, ON, NO, DONE],
        None,
    ),
}


@pytest.mark.parametrize(("known", "states", "coming"), TABLE.values(), ids=TABLE)
def test_each_step_is_told_from_the_facts(known, states, coming):
    steps = steps_of(known)
    assert [step.state for step in steps] == states
    found = next_step(steps)
    assert (found and found.name) == coming


def of(name, known):
    return next(step for step in steps_of(known) if step.name == name)


def test_incomplete_decisions_are_an_error_that_leads_to_whom_it_concerns():
    step = of("deliberation", facts(first(1, {"ADMITTED": 3, "INCOMPLETE": 1}), **ENTERED))
    (trouble,) = step.troubles
    assert trouble.text == "MINI\u00a0: 1 décision est incomplète, faute d’une note."
    assert trouble.is_error
    assert "round=1&verdict=INCOMPLETE" in trouble.address


def test_what_is_all_public_is_not_deliberated_again():
    public = facts(first(0, DECIDED, OPEN), second(1), **ENTERED)
    assert not of("deliberation", public).actions
    assert of("deliberation", facts(first(0, DECIDED, COMING), **ENTERED)).actions


def test_all_releases_of_a_round_are_withdrawn_with_one_button():
    other = RoundProgress(Speciality(pk=2, code="MAXI"), 1, 1, 0, {"ADMITTED": 1}, opening(-1))
    other.release.pk = 2
    step = of("release", facts(first(0, {"ADMITTED": 4}, OPEN), other, **ENTERED))
    (action,) = step.actions
    assert action.values == (("release", "1"), ("release", "2"))
    assert not of("release", facts(first(0, DECIDED, WITHDRAWN), **ENTERED)).actions[1:]


def test_a_regulation_to_check_is_said_and_stops_nothing():
    unchecked = Regulation(speciality=MINI, second_round=SECOND)
    step = of("regulations", facts(first(), schools=3, regulations=[unchecked]))
    assert step.state == State.DONE
    assert [trouble.is_error for trouble in step.troubles] == [False]
    released = facts(first(0, DECIDED, OPEN), schools=3, regulations=[unchecked])
    assert not of("regulations", released).troubles


def test_a_deliberation_under_way_is_not_asked_for_again():
    step = of("deliberation", facts(first(), **ENTERED, jobs={"deliberate": 9}))
    assert step.state == State.UNDER_WAY
    assert step.troubles[-1].address == reverse("admin:candidates_job_change", args=[9])


@pytest.mark.django_db
def test_the_next_step_of_a_session_follows_it_from_marks_to_the_second_round():
    factories.school()
    people = factories.cast()
    lacking = factories.entry("26LACKING", marks={"U1": "12"})
    session = people["admitted"].session
    page = reverse("admin:candidates_session_lifecycle", args=[session.pk])

    def coming():
        found = coming_step(facts_of([session])[session.pk])
        assert found.address == page
        return found.label

    assert coming() == "Importer les notes"
    factories.give_marks(lacking, {"U2": "12", "U3": "12"})
    assert coming() == "Délibérer le premier tour"
    deliberate(session)
    assert coming() == "Programmer ou ouvrir la publication"
    release.schedule(session)
    assert coming() == "Importer les notes du second tour"
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    assert coming() == "Délibérer le second tour"
    deliberate(session, round=2)
    assert coming() == "Programmer ou ouvrir la publication"
    release.schedule(session, round=2)
    assert coming_step(facts_of([session])[session.pk]) is None


@pytest.mark.django_db
def test_next_steps_take_the_same_queries_for_any_number_of_sessions():
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            found = facts_of(Session.objects.select_related("replaces"))
            [coming_step(facts) for facts in found.values()]
        return len(captured)

    def another(year):
        session = factories.session(f"BTS-{year}", year=year)
        speciality = factories.regulation(f"S{year}")
        factories.entry(session=session, speciality=speciality, marks={"U1": "12"})

    another(2026)
    alone = queries()
    another(2027)
    another(2028)
    assert queries() == alone <= 15


@pytest.mark.django_db
@pytest.mark.parametrize("round", [1, 2])
def test_the_list_of_those_whose_marks_are_missing_is_those_that_the_page_counts(round):
    people = factories.cast()
    session = people["admitted"].session
    lacking = {1: factories.entry("26LACKING", marks={"U1": "12"}), 2: people["control"]}
    deliberate(session)
    address = f"{reverse('admin:candidates_entry_changelist')}?lacking={round}"
    for scope in ("", f"&session__id__exact={session.pk}"):
        found = client_of("operator").get(address + scope).context["cl"].result_list
        assert list(found) == [lacking[round]]
    assert Entry.objects.count() == 7
