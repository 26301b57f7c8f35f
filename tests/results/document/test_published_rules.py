"""The rules that a published document states are those of its regulation."""

from decimal import Decimal

from results.document.published_rules import PublishedMinimum, PublishedRules, published_rules
from tests.results.sheets import SHIPPED, regulation, rule


def of(code):
    return published_rules(SHIPPED[code])


def test_a_brevet_keeps_no_mark_and_has_no_second_round():
    brevet = of("DNB-G-2026")
    assert (brevet.kept, brevet.second_round) == (None, None)
    assert (brevet.absence, brevet.force_majeure) == ("zero", "replacement")


def test_marks_kept_cost_the_mention_where_there_is_one():
    assert of("BAC-G-2026").kept.costs_mention
    assert of("BAC-G-2026").kept.renouncing_is_final
    assert not of("MCO-2026").kept.costs_mention


def test_a_dscg_carries_marks_from_six_over_eight_sessions():
    kept = of("DSCG-2027").kept
    assert (kept.sessions, kept.from_mark, kept.report_from) == (8, "10", "6")


def test_a_cap_asks_for_ten_over_the_professional_units():
    assert of("AEPE").group_minimum == (PublishedMinimum("professional", "10"),)


def test_the_control_tests_of_a_bts_and_of_a_bac_pro():
    bts, pro = of("MCO-2026").second_round, of("AMA-CVPM").second_round
    assert (bts.from_average, bts.choose, bts.one_of_each) == ("8", 2, False)
    assert (pro.choose, pro.one_of_each) == (2, True)
    assert bts.group_minimum == pro.group_minimum == (PublishedMinimum("professional", "10"),)


def test_the_defaults_are_those_of_an_ordinary_regulation():
    assert published_rules(regulation(rule("U1", 1))) == PublishedRules()
    higher = regulation(rule("U1", 1), pass_mark=Decimal("10.5"))
    assert published_rules(higher).pass_mark == "10.5"
