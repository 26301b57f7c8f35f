import pytest

from results_portal.assets import stylesheet


def pruned(*sheets, used=("a",)):
    return stylesheet.pruned(sheets, used_classes=set(used))


def test_a_rule_stays_only_when_a_page_has_each_of_its_classes():
    sheet = ".a{color:red}.b{color:red}.a.b{color:red}.a p,.b p{color:red}p{color:red}"
    assert pruned(sheet) == ".a{color:red}.a p{color:red}p{color:red}"


def test_a_class_that_a_rule_excludes_is_not_one_that_it_needs():
    assert pruned(".a:not(.b){color:red}") == ".a:not(.b){color:red}"


def test_a_variable_stays_only_when_something_that_stays_reads_it():
    sheet = ":root{--x:var(--y);--y:red;--z:blue}.a{color:var(--x)}.b{color:var(--z)}"
    assert pruned(sheet) == ":root{--x:var(--y);--y:red}.a{color:var(--x)}"


def test_the_dark_theme_follows_the_reader_on_a_screen_and_no_script():
    sheet = ":root{--x:white}:root[data-fr-theme=dark]{--x:black}.a{color:var(--x)}"
    assert pruned(sheet) == (
        ":root{--x:white}"
        "@media screen and (prefers-color-scheme:dark){:root{--x:black}}"
        ".a{color:var(--x)}"
    )


def test_conditions_stay_around_what_they_hold():
    sheet = "@media print{@supports (gap:0){.a{gap:0}.b{gap:0}}}.a{gap:1px!important}"
    assert pruned(sheet) == ("@media print{@supports (gap:0){.a{gap:0}}}.a{gap:1px!important}")


def test_the_margins_of_paper_stay():
    assert pruned("@page { margin: 1.5cm }") == "@page{margin:1.5cm}"


def test_an_empty_condition_and_a_declared_font_leave_nothing():
    assert pruned("@media print{.b{gap:0}}@font-face{font-family:x;src:url(x.woff2)}") == ""


def test_sheets_keep_their_order_so_that_ours_has_the_last_word():
    assert pruned(".a{gap:0}", ".a{gap:1px}") == ".a{gap:0}.a{gap:1px}"


@pytest.mark.parametrize("written", ["url(x.svg)", "url('x.svg')", 'url( "x.svg" )'])
def test_the_address_of_a_drawing_is_replaced_however_it_is_written(written):
    assert stylesheet.with_urls(written, replace=str.upper) == 'url("X.SVG")'


def test_a_drawing_that_is_already_inside_is_left_alone():
    inside = "url(\"data:image/svg+xml,%3Csvg xmlns='http://example.invalid'\")"
    assert stylesheet.with_urls(inside, replace=str.upper) == inside
