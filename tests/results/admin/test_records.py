"""Read-only lists: rules, marks, decisions, published results, changes."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse

from candidates.models import Speciality
from results import rules
from results.jury.deliberation import deliberate
from results.models import PublishedResult
from results.publication import release
from results.publication.correction import correction
from results.regulations import rulebook
from tests import factories
from tests.staff import member, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def rows_of(client, name, **filters):
    page = client.get(reverse(f"admin:results_{name}_changelist"), filters)
    return page.context["cl"].result_list


def test_a_regulation_is_read_with_its_tests_and_their_parts(operator):
    part, test = rules.PartRule, rules.TestRule
    rulebook.store(
        rules.ExamRules(
            exam="BTS",
            code="PARTS",
            label="En parties",
            from_session=2020,
            pass_mark=Decimal(10),
            absence="eliminatory",
            tests=(
                test(
                    "E2",
                    "Langue",
                    Decimal(3),
                    group="general",
                    parts=(part("E21", "Écrit", Decimal("1.5")), part("E22", "Oral", Decimal(1))),
                ),
                test("E3", "Stage", Decimal(4), group="professional", minimum=Decimal(8)),
                test("F1", "Dessin", Decimal(1), optional=True, kept=False),
            ),
            second_round=rules.SecondRound(Decimal(8), {"professional": Decimal(10)}, 1, ["E2"]),
            mentions=(rules.MentionRule("Bien", Decimal(14)),),
            group_minimum={"general": Decimal("9.5")},
            source="Arrêté du 29 avril 2019",
        )
    )
    speciality = Speciality.objects.get(code="PARTS")
    text = text_of(operator.get(reverse("admin:results_regulation_change", args=[speciality.pk])))
    for words in (
        "E21 Écrit",
        '<td class="number">1,50</td>',
        "éliminatoire sous 8",
        "facultative ne reste pas acquise",
        "à partir de 8 de moyenne ; 1 épreuve(s) au choix : E2 ; au moins domaine professionnel 10",
        "Bien (14)",
        "domaine général 9.5".replace(".", ","),
        "Arrêté du 29 avril 2019",
    ):
        assert words in text, words


def test_a_regulation_without_second_round_or_mention_says_none(operator):
    speciality = factories.regulation("SIMPLE", second_round=False)
    text = text_of(operator.get(reverse("admin:results_regulation_change", args=[speciality.pk])))
    assert text.count("aucun") >= 3


def test_marks_are_listed_in_words_and_narrowed_by_status(people, operator):
    page = operator.get(reverse("admin:results_mark_changelist"), {"status__exact": "ABS"})
    (mark,) = page.context["cl"].result_list
    assert mark.entry == people["absent"]
    assert "absent" in text_of(page)


@pytest.mark.parametrize("name", ["mark", "decision", "publishedresult"])
def test_rows_are_found_by_the_number_of_their_candidate(
    name, people, deliberated_session, operator
):
    release.schedule(deliberated_session)
    number = people["refused"].number
    address = reverse(f"admin:results_{name}_changelist")
    page = operator.post(address, {"q": number}, follow=True)
    assert {row.entry for row in page.context["cl"].result_list} == {people["refused"]}


@pytest.mark.parametrize("name", ["mark", "decision", "jurydecision", "publishedresult"])
def test_each_list_takes_the_same_queries_for_any_number_of_rows(
    name, people, deliberated_session, operator, django_assert_max_num_queries
):
    for _more in range(20):
        factories.entry(marks=factories.ADMITTED)
    deliberate(deliberated_session)
    release.schedule(deliberated_session)
    with correction(people["refused"], by=member("operator"), reason="Essai."):
        people["refused"].marks.update(value=1900)
    # session and user (2), rights (2), two filters, count, rows
    with django_assert_max_num_queries(11):
        rows_of(operator, name)


def test_decisions_are_narrowed_by_verdict_and_round(people, deliberated_session, operator):
    assert {row.entry for row in rows_of(operator, "decision", verdict__exact="CONTROL")} == {
        people["control"]
    }
    assert not rows_of(operator, "decision", round__exact=2)


def test_a_published_document_is_read_in_words(people, deliberated_session, operator):
    release.schedule(deliberated_session)
    row = PublishedResult.objects.get(entry=people["admitted"])
    text = text_of(operator.get(reverse("admin:results_publishedresult_change", args=[row.pk])))
    assert "ALBERT Léa" in text
    assert "78 ÷ 6 = 13,00" in text
    assert "U3 Pratique professionnelle" in text
    assert "12 RUE DES LILAS, 75011 PARIS" in text
    assert "&quot;verdict&quot;: &quot;ADMITTED&quot;" in text


def test_a_withheld_document_shows_what_the_candidate_will_read(
    people, deliberated_session, operator
):
    release.schedule(deliberated_session)
    row = PublishedResult.objects.get(entry=people["withheld"])
    text = text_of(operator.get(reverse("admin:results_publishedresult_change", args=[row.pk])))
    assert "Suspendu : la page ne donne ni note ni décision" in text


def test_a_row_is_titled_by_its_candidate_test_and_round(people, deliberated_session, operator):
    number = people["refused"].number
    for name, title in [
        ("mark", f"{number} (BTS-2026), U1, premier tour"),
        ("decision", f"{number} (BTS-2026), premier tour"),
    ]:
        row = apps.get_model("results", name).objects.filter(entry=people["refused"]).earliest("pk")
        page = operator.get(reverse(f"admin:results_{name}_change", args=[row.pk]))
        assert title in text_of(page)


def test_points_have_the_decimals_that_they_need(people, deliberated_session, operator):
    row = people["refused"].decisions.get()
    text = text_of(operator.get(reverse("admin:results_decision_change", args=[row.pk])))
    assert "33" in text
    assert "33,0" not in text
