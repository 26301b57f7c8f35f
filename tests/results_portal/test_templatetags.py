from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from results_portal.templatetags import portal

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/diplome/", True),
        ("/diplome/suivi/", True),
        ("/aide/diplome/", False),
        ("/", False),
    ],
)
def test_a_menu_entry_is_current_on_its_page_and_below_it(path, current):
    assert portal.is_under(path, "/diplome/") is current


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [("15.60", "15,60", "15.60"), ("3", "3", "3"), ("1.5", "1,5", "1.5"), (None, "", "")],
)
def test_a_number_has_the_separator_of_the_reader(value, french, english):
    with translation.override("fr"):
        assert portal.decimal(value) == french
    with translation.override("en"):
        assert portal.decimal(value) == english


@pytest.mark.parametrize(
    ("value", "shown"), [("9.999", "9,99"), ("10", "10,00"), ("16.5", "16,50"), ("9.9", "9,90")]
)
def test_an_average_shows_two_decimals_and_is_never_rounded_up(value, shown):
    assert portal.decimal(value, 2) == shown


@pytest.mark.parametrize(
    ("value", "form", "french", "english"),
    [
        ("2026-07-02", "date", "2 juillet 2026", "2 July 2026"),
        ("2026-07-01", "date", "1er juillet 2026", "1 July 2026"),
        ("2026-07-11", "date", "11 juillet 2026", "11 July 2026"),
        (date(2026, 7, 2), "weekday", "jeudi 2 juillet 2026", "Thursday 2 July 2026"),
        (
            "2026-07-02T10:00:00+02:00",
            "datetime",
            f"2 juillet 2026 à 10{NBSP}h{NBSP}00",
            "2 July 2026 at 10:00",
        ),
        ("2026-07-02T07:47:59+02:00", "clock", f"7{NBSP}h{NBSP}47", "07:47"),
        (None, "date", "", ""),
    ],
)
def test_a_date_is_written_out_as_the_reader_says_it(value, form, french, english):
    with translation.override("fr"):
        assert portal.isodate(value, form) == french
    with translation.override("en"):
        assert portal.isodate(value, form) == english


def test_an_hour_is_the_hour_in_paris_wherever_it_was_written():
    assert portal.isodate("2026-07-02T08:00:00+00:00", "clock") == f"10{NBSP}h{NBSP}00"
    assert portal.isodate("2026-07-01T23:30:00Z") == "2 juillet 2026"


@pytest.mark.parametrize(
    ("day", "past", "to_come"),
    [
        ("2026-07-01", True, False),
        ("2026-07-02", False, False),
        (date(2026, 7, 3), False, True),
        ("2026-07-01T23:30:00+02:00", True, False),
        ("2026-07-01T22:30:00Z", False, False),
        (None, False, False),
    ],
)
def test_a_day_is_past_from_the_next_midnight_in_paris_on(day, past, to_come):
    at = datetime(2026, 7, 1, 22, 15, tzinfo=UTC)
    assert portal.is_past(day, at) == past
    assert portal.is_to_come(day, at) == to_come


def test_a_day_is_compared_with_the_clock_when_no_other_instant_is_given(time_machine):
    time_machine.move_to("2026-07-01T22:15:00Z")
    assert portal.is_past("2026-07-01")
    assert portal.is_to_come("2026-07-03")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("999", "999"),
        ("+120", "+120"),
        ("-1200", "-1\u202f200"),
        ("1000", "1\u202f000"),
        ("20500.5", "20\u202f500,5"),
        ("0.25", "0,25"),
    ],
)
def test_thousands_stand_apart_by_a_narrow_space(number, shown):
    with translation.override("fr"):
        assert portal.decimal(number) == shown


def test_marks_and_points_have_two_decimals_or_more():
    with translation.override("fr"):
        assert [portal.two_places(one) for one in ("13", "9.5", "12.345", None)] == [
            *("13,00", "9,50", "12,345", ""),
        ]


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        ("0", "0,00 point", "0.00 points"),
        ("0.5", "0,50 point", "0.50 points"),
        ("1", "1,00 point", "1.00 point"),
        ("1.99", "1,99 point", "1.99 points"),
        ("2", "2,00 points", "2.00 points"),
        ("12.5", "12,50 points", "12.50 points"),
        ("1000", "1\u202f000,00 points", "1,000.00 points"),
    ],
)
def test_points_are_counted_in_the_singular_below_two_in_french_and_at_one_in_english(
    number, french, english
):
    with translation.override("fr"):
        assert portal.points(number) == french
    with translation.override("en"):
        assert portal.points(number) == english


def test_words_in_french_are_marked_on_a_page_in_another_language_only():
    with translation.override("fr"):
        assert portal.french("Français & oral") == "Français & oral"
    with translation.override("en"):
        assert portal.french("Français & oral") == '<span lang="fr">Français &amp; oral</span>'
        assert portal.french("") == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=20), "moins d’une minute"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=2, minutes=13), "2 h 13 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=1, hours=5, minutes=3), "1 jour 5 h"),
        (timedelta(days=12, hours=5), "12 jours"),
    ],
)
def test_a_countdown_names_the_two_units_that_matter(left, words):
    now = datetime(2026, 7, 2, 7, 47, tzinfo=UTC)
    assert portal.countdown(now + left, now).replace(NBSP, " ") == words


def test_a_countdown_never_promises_less_than_what_is_left():
    now = datetime(2026, 7, 2, 7, 47, tzinfo=UTC)
    left = portal.countdown(now + timedelta(minutes=12, seconds=1), now)
    assert left == f"13{NBSP}min"


def test_a_row_is_found_by_its_code_and_by_what_it_has():
    rows = [{"code": "U1", "kept": False}, {"code": "U2", "kept": True}]
    assert portal.with_code(rows, "U2") == rows[1]
    assert portal.with_code(rows, "U9") is None
    assert portal.with_code([{"code": "U3", "parts": rows}], "U2") == rows[1]
    assert portal.where(rows, "kept") == [rows[1]]
    assert portal.values(rows, "kept") == {False, True}


def test_a_reason_is_split_into_its_kind_and_its_subject():
    assert portal.before("ABSENT:U4", ":") == "ABSENT"
    assert portal.after("ABSENT:U4", ":") == "U4"


def test_a_bar_is_hidden_from_assistive_technology_and_escapes_what_it_draws():
    drawn = portal.bar('12.5"><script>', "10")
    assert 'aria-hidden="true"' in drawn
    assert "<script>" not in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Aix-Marseille", "d’Aix-Marseille"),
        ("Orléans-Tours", "d’Orléans-Tours"),
        ("Rennes", "de Rennes"),
        ("La Réunion", "de La Réunion"),
    ],
)
def test_an_academy_is_named_as_french_elides(name, said):
    with translation.override("fr"):
        assert portal.of(name) == said
    with translation.override("en"):
        assert portal.of(name) == f"of {name}"
