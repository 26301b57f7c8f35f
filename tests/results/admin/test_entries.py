import inspect
import re

import pytest
from django.urls import reverse

from candidates.admin.changelists import BoundedPaginator
from candidates.models import Entry, Speciality
from results import rules
from results.admin import wording
from results.jury.deliberation import deliberate
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.staff import client_of, member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]

LIST = "admin:candidates_entry_changelist"


def searched(client, words, name=LIST):
    answer = client.post(reverse(name), {"q": words}, follow=True)
    return list(answer.context["cl"].result_list)


def page_of(client, entry):
    return client.get(reverse("admin:candidates_entry_change", args=[entry.pk]))


def test_an_entry_is_found_by_its_number_its_ine_or_a_name(people, operator):
    entry = people["refused"]
    entry.candidate.ine = "123456789AB"
    entry.candidate.save()
    assert searched(operator, entry.number) == [entry]
    assert searched(operator, f" {entry.number[:4]} {entry.number[4:]} ") == [entry]
    assert searched(operator, "123456789ab") == [entry]
    assert searched(operator, "caron") == [entry]
    assert searched(operator, "Caron Lé") == [entry]


def test_a_search_that_matches_nobody_shows_nobody(people, operator):
    assert searched(operator, "999") == []
    assert searched(operator, "zzz") == []
    assert searched(operator, "!!") == []


def test_no_name_searched_stands_in_an_address(people, operator):
    answer = operator.post(reverse(LIST), {"q": "CARON"})
    assert answer.status_code == 302
    assert "caron" not in answer.url.lower()
    page = operator.get(answer.url)
    assert page.context["cl"].query == "CARON"
    assert list(page.context["cl"].result_list) == [people["refused"]]
    assert 'name="q" value="CARON"' in text_of(page)


def test_a_search_keeps_the_filters_and_forgets_the_page(people, operator):
    address = reverse(LIST) + "?withheld__exact=0&p=3"
    answer = operator.post(address, {"q": "E"})
    assert "withheld__exact=0" in answer.url
    assert "p=3" not in answer.url
    assert list(operator.get(answer.url).context["cl"].result_list) == []


def test_a_search_of_another_session_says_that_it_has_expired(people, operator):
    address = operator.post(reverse(LIST), {"q": "CARON"}).url
    page = client_of("manager").get(address)
    assert "Cette recherche a expiré" in text_of(page)


def test_an_emptied_search_shows_everyone_again(people, operator):
    assert len(searched(operator, "")) == 6


def test_only_the_last_searches_are_kept(people, operator):
    for number in range(30):
        operator.post(reverse(LIST), {"q": f"NOM {number}"})
    assert len(operator.session["searches"]) == 20


@pytest.mark.parametrize(
    ("verdict", "names"),
    [
        ("ADMITTED", {"admitted", "discreet"}),
        ("REFUSED", {"refused", "control"}),
        ("CONTROL", set()),
        ("WITHHELD", {"withheld"}),
        ("none", set()),
        ("nonsense", {"admitted", "discreet", "refused", "control", "withheld", "absent"}),
    ],
)
def test_the_list_is_narrowed_by_the_last_decision(verdict, names, people, session, operator):
    deliberate(session)
    factories.give_marks(people["control"], factories.REFUSED_AGAIN)
    deliberate(session, round=2)
    page = operator.get(reverse(LIST), {"verdict": verdict})
    assert set(page.context["cl"].result_list) == {people[name] for name in names}


def test_those_whom_the_jury_has_not_seen_are_found(people, session, operator):
    deliberate(session)
    late = factories.entry(birth_name="TARDIF")
    page = operator.get(reverse(LIST), {"verdict": "none"})
    assert list(page.context["cl"].result_list) == [late]


def test_the_list_takes_the_same_queries_for_one_row_or_many(
    people, session, operator, django_assert_max_num_queries
):
    deliberate(session)
    for _more in range(20):
        factories.entry(marks=factories.ADMITTED)
    # session and user (2), rights (2), three filters that list rows, count, rows, decisions
    with django_assert_max_num_queries(13):
        page = operator.get(reverse(LIST))
    assert len(page.context["cl"].result_list) == 26


def test_a_search_by_name_takes_no_more(people, operator, django_assert_max_num_queries):
    address = operator.post(reverse(LIST), {"q": "CARON"}).url
    with django_assert_max_num_queries(13):
        operator.get(address)


def test_a_long_list_is_counted_up_to_a_bound(people, operator, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "bound", 5)
    page = operator.get(reverse(LIST))
    assert "plus de 5 inscriptions : cherchez ou filtrez" in text_of(page)
    monkeypatch.setattr(BoundedPaginator, "bound", 6)
    page = operator.get(reverse(LIST))
    assert "6 inscriptions" in text_of(page)
    assert "plus de" not in text_of(page)


def test_the_page_shows_marks_decisions_revisions_and_what_changed(people, session, operator):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session)
    with correction(entry, by=member("operator"), reason="Erreur de report."):
        entry.marks.filter(test__code="U3").update(value=1950)
    page = page_of(operator, entry)
    text = text_of(page)
    assert [row["first"] for row in page.context["tests"]] == ["5,00", "5,00", "19,50", "—"]
    assert "Résultat public depuis le" in text
    assert [str(row.verdict) for row in page.context["revisions"]] == ["ADMITTED", "REFUSED"]
    (change,) = page.context["changes"]
    assert (change.name, change.before, change.after) == (
        "Note U3, premier tour",
        "6,00",
        "19,50",
    )
    assert (change.reason, change.by) == ("Erreur de report.", "operator")
    assert text.count("Erreur de report.") == 2


REASONS = [
    ({"U1": "12", "U2": "12"}, "incomplet (il manque une note : U3)"),
    ({"U1": "ABS", "U2": "ABS", "U3": "12"}, "éliminé (absence : U1, U2)"),
    (
        {"U1": "12", "U2": "12", "U3": "7"},
        "refusé (moyenne insuffisante : domaine professionnel)",
    ),
]


@pytest.mark.parametrize(("marks", "words"), REASONS)
def test_the_reasons_of_a_decision_are_read_in_words(marks, words, operator):
    entry = factories.entry(marks=marks)
    deliberate(entry.session)
    assert words in text_of(page_of(operator, entry)).replace("\xa0", " ")


def test_every_reason_that_the_rules_give_has_its_words():
    codes = re.findall(r'"([A-Z_]+)[:"]', inspect.getdoc(rules.Outcome))
    assert {"MISSING", "NOT_HELD", "NOTHING_TO_AVERAGE"} <= set(codes)
    for code in codes:
        assert code not in wording.reasons([f"{code}:U1"])


def test_the_page_tells_every_step_between_two_changes(people, operator):
    entry = people["refused"]
    mark = entry.marks.get(test__code="U1")
    for value in (700, 800):
        mark.value = value
        mark.save()
    mark.delete()
    Entry.objects.filter(pk=entry.pk).update(withheld=True)
    entry.candidate.birth_name = "CARRON"
    entry.candidate.save()
    changes = page_of(operator, entry).context["changes"]
    assert [(change.name, change.before, change.after) for change in changes] == [
        ("Note U1, premier tour", "8,00", "—"),
        ("Note U1, premier tour", "7,00", "8,00"),
        ("Note U1, premier tour", "5,00", "7,00"),
        ("Nom de naissance", "CARON", "CARRON"),
        ("Résultat suspendu", "non", "oui"),
    ]
    assert {change.by for change in changes} == {"import ou commande"}


def test_the_page_of_a_speciality_without_rules_says_so(operator):
    speciality = Speciality.objects.create(
        exam="BTS", code="SANS", label="Sans règlement", from_session=2026
    )
    page = page_of(operator, factories.entry(speciality=speciality))
    assert "Le règlement de la spécialité n’a pas été importé." in text_of(page)


def test_the_page_takes_the_same_queries_for_any_history(
    people, session, operator, django_assert_max_num_queries
):
    entry = people["refused"]
    deliberate(session)
    release.schedule(session)
    for value in range(1000, 1010):
        with correction(entry, by=member("operator"), reason="Essai."):
            entry.marks.filter(test__code="U3").update(value=value)
    # session and user (2), rights (2), entry and what it names (7), candidate's entries,
    # publication status, marks, jury, tests (2), four histories, users, decisions, revisions
    with django_assert_max_num_queries(29):
        page_of(operator, entry)


def test_the_list_tells_homonyms_apart_and_marks_only_who_is_withheld(people, operator):
    entry = factories.entry(birth_name="DUPONT", school=factories.school())
    page = text_of(operator.get(reverse(LIST)))
    assert "31/12/2004" in page
    assert entry.school.name in page
    assert "icon-no" not in page
    assert page.count('class="field-verdict">suspendu') == 1


def test_the_page_of_a_school_leads_to_its_candidates(people, operator):
    entry = factories.entry(birth_name="DUPONT", school=factories.school())
    page = operator.get(reverse("admin:candidates_school_change", args=[entry.school_id]))
    (address,) = re.findall(r'href="([^"]*[?]school=[^"]*)"', page.content.decode())
    assert list(operator.get(address).context["cl"].result_list) == [entry]
