from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("typed", ["03/07/2026", "2026-07-03"])
def test_a_day_is_typed_before_its_month_in_both_languages(language, typed):
    with translation.override(language):
        assert forms.DateField().clean(typed) == date(2026, 7, 3)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_day_that_staff_typed_comes_back_as_it_was_typed(language):
    with translation.override(language):
        assert formats.localize_input(date(2026, 7, 3)) == "03/07/2026"


def test_english_dates_are_british():
    moment = datetime(2026, 11, 23, 15, 41)
    with translation.override("en"):
        assert formats.date_format(moment, "DATETIME_FORMAT") == "23 November 2026, 15:41"
        assert formats.date_format(moment, "SHORT_DATE_FORMAT") == "23/11/2026"
