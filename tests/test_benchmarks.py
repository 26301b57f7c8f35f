"""The benchmarks run to their end, and two trees' are compared; no timing decides a test."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from benchmarks.compare import DROPPED, CompareError, compare, higher_is_better


@pytest.mark.slow
def test_each_step_of_a_session_is_measured():
    command = [sys.executable, "-m", "benchmarks", "--only", "steps", "--scale", "300"]
    environment = {name: value for name, value in os.environ.items() if name not in DROPPED}
    run = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300
    )
    for step in ("import of 300 entries", "deliberation on 300", "opened", "posted lists of 300"):
        assert step in run.stdout, run.stdout + run.stderr


def run_of(**figures):
    return [{"name": name, "figure": figure, "ratio": None} for name, figure in figures.items()]


@pytest.mark.parametrize("unit", ["/s", "sheets/s", ""])
def test_rates_and_lighthouse_marks_are_better_when_higher(unit):
    assert higher_is_better(unit)


@pytest.mark.parametrize("unit", ["s", "ms", "µs", "MB", "kB", "requests"])
def test_times_and_sizes_are_better_when_lower(unit):
    assert not higher_is_better(unit)


@pytest.mark.parametrize(
    ("base", "new", "worse"),
    [
        ("100 ms", "104 ms", False),
        ("100 ms", "106 ms", True),
        ("100 /s", "96 /s", False),
        ("100 /s", "94 /s", True),
        ("1.2e+04 /s", "1.3e+04 /s", False),
        ("0 requests", "1 requests", True),
        ("99", "90", True),
        (None, "1 s", None),
    ],
)
def test_a_row_is_worse_beyond_five_percent_in_the_wrong_direction(base, new, worse):
    (row,) = compare([run_of(row=base)], [run_of(row=new)])
    assert row.worse is worse


def test_each_tree_counts_by_its_median():
    (row,) = compare(
        [run_of(row=f"{value} s") for value in (1, 9, 2)],
        [run_of(row=f"{value} s") for value in (4, 3, 90)],
    )
    assert (row.base, row.new, row.ratio, row.worse) == (2, 4, 2, True)


def test_a_reference_that_changed_does_not_make_a_row_worse():
    base, new = ([{"name": "row", "figure": "100 /s", "ratio": ratio}] for ratio in (1.0, 0.5))
    (row,) = compare([base], [new])
    assert (row.worse, row.base_to_reference, row.new_to_reference) == (False, 1.0, 0.5)


def test_a_figure_of_two_owners_makes_two_rows():
    run = run_of(step="1.5 s of Python, 20 s of PostgreSQL")
    rows = [(row.name, row.new, row.unit) for row in compare([run], [run])]
    assert rows == [("step, Python", 1.5, "s"), ("step, PostgreSQL", 20, "s")]


def test_a_row_that_one_tree_lacks_is_shown_without_a_verdict():
    rows = compare([run_of(old="1 s")], [run_of(new="1 s")])
    assert [(row.name, row.worse, row.ratio) for row in rows] == [
        ("new", None, None),
        ("old", None, None),
    ]


def test_rows_of_two_units_are_not_compared():
    with pytest.raises(CompareError):
        [*compare([run_of(row="1 s")], [run_of(row="1 ms")])]
