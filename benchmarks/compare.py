"""`python -m benchmarks --base COMMIT`: compare the working tree with a commit.

Both run their own benchmark by turns, on the same files. The medians go to
results/compare.{json,md}.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path("benchmarks", "results", "bench.json")
RUNS = 3  # of each tree
TOLERANCE = 0.05  # of the base's median, above which a row counts as worse
PATIENCE = 90  # seconds, for a benchmark that is interrupted to drop its database

HEADINGS = (
    "name",
    "base",
    "new",
    "new ÷ base",
    "worse by > 5 %",
    "base ÷ reference",
    "new ÷ reference",
)
MAKE_FILES = """
from benchmarks import office
office.open_office()
import django
django.setup()
from benchmarks.files import session_files
print(session_files({entries})[1].parent)
"""
"""Program for either tree: write the files of so many entries and print their folder."""

DROPPED = {
    "MAKEFLAGS",
    "MAKELEVEL",
    "DATABASE_URL",
    "DATABASE_PUBLIC_URL",
    "DATABASE_OWNER_URL",
    "PYTHONPATH",
    "VIRTUAL_ENV",
}
"""Variables of this process that must not reach the trees: each has its own database and venv."""

_MEASURE = re.compile(r"(-?\d[\d.]*(?:e[+-]?\d+)?)(?: ([^\s,]+))?(?: of (\w+))?")


class CompareError(Exception):
    """Error that ends the comparison; its message is one sentence for the person waiting."""


@dataclass(frozen=True)
class Comparison:
    """Medians of a row in both trees, in `unit`, and of its ratio to the reference of the same run.

    A median is None where no run of that tree has the row, or could measure it.
    """

    name: str
    unit: str
    base: float | None
    new: float | None
    base_to_reference: float | None
    new_to_reference: float | None
    base_runs: list[float]
    new_runs: list[float]

    @property
    def ratio(self):
        """New ÷ base; None where there is nothing to divide, or to divide by."""
        return self.new / self.base if self.base and self.new is not None else None

    @property
    def worse(self):
        """Whether the new median is worse by more than `TOLERANCE`; None where one is missing."""
        if self.base is None or self.new is None:
            return None
        if higher_is_better(self.unit):
            return self.new < self.base * (1 - TOLERANCE)
        return self.new > self.base * (1 + TOLERANCE)

    def cells(self):
        return (
            self.name,
            self._shown(self.base),
            self._shown(self.new),
            _decimal(self.ratio),
            {True: "YES", False: "no", None: ""}[self.worse],
            _decimal(self.base_to_reference),
            _decimal(self.new_to_reference),
        )

    def _shown(self, value):
        return "" if value is None else f"{value:.4g} {self.unit}".rstrip()


def _decimal(value):
    return "" if value is None else f"{value:.3f}"


def higher_is_better(unit):
    """Whether a figure of `unit` is a rate or a Lighthouse mark; others are times and sizes."""
    return unit == "" or unit.endswith("/s")


def measures(row):
    """Yield the name, figure and unit of each number of a row of bench.json.

    A figure such as "1.2 s of Python, 3 s of PostgreSQL" holds two.
    """
    for number, unit, owner in _MEASURE.findall(row["figure"] or ""):
        yield row["name"] + (f", {owner}" if owner else ""), float(number), unit


def compare(base_runs, new_runs):
    """Return a `Comparison` for each row of any run, in the order of the new tree's rows.

    Each run is the list of rows of one bench.json.
    """
    base, new = _collected(base_runs), _collected(new_runs)
    nothing = ("", [], [])
    for name in dict.fromkeys([*new, *base]):
        base_unit, base_values, base_ratios = base.get(name, nothing)
        new_unit, new_values, new_ratios = new.get(name, nothing)
        if base_values and new_values and base_unit != new_unit:
            raise CompareError(f"“{name}” has two units: {base_unit} and {new_unit}")
        yield Comparison(
            name,
            new_unit or base_unit,
            _median(base_values),
            _median(new_values),
            _median(base_ratios),
            _median(new_ratios),
            base_values,
            new_values,
        )


def _collected(runs):
    """Return the unit, the figures and the ratios of each row, by name."""
    collected = {}
    for row in (row for run in runs for row in run):
        for name, value, unit in measures(row):
            _, values, ratios = collected.setdefault(name, (unit, [], []))
            values.append(value)
            if row["ratio"] is not None:
                ratios.append(row["ratio"])
    return collected


def _median(values):
    return median(values) if values else None


@contextlib.contextmanager
def base_tree(commit):
    """Check the commit out into a temporary git worktree, with its virtual environment and assets.

    The worktree, its database server and its folder are removed at the end, whatever ends it.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)  # the database server runs as another user when root starts it
    tree = folder / "base"
    try:
        _run(["git", "worktree", "add", "--quiet", "--detach", tree, commit], ROOT)
        same_lock = ["git", "diff", "--quiet", commit, "--", "requirements", "scripts/setup"]
        if subprocess.run(same_lock, cwd=ROOT, check=False).returncode == 0:
            (tree / ".venv").symlink_to((ROOT / ".venv").resolve())
        else:
            _run(["scripts/setup"], tree)
        _run(["scripts/assets"], tree)
        yield tree
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if tree.exists():
            subprocess.run(["make", "stop"], cwd=tree, check=False)
            remove = ["git", "worktree", "remove", "--force", tree]
            subprocess.run(remove, cwd=ROOT, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def share_files(tree, entries):
    """Copy this tree's files over those of the base tree, so that both measure the same rows."""
    ours, theirs = (_files_folder(root, entries) for root in (ROOT, tree))
    names = {path.name for path in ours.iterdir()}
    if names != {path.name for path in theirs.iterdir()}:
        raise CompareError(f"the two trees write files of other names in {ours} and {theirs}")
    for path in ours.iterdir():
        if path.suffix != ".pickle":  # holds paths of its own tree
            shutil.copyfile(path, theirs / path.name)


def _files_folder(root, entries):
    program = MAKE_FILES.format(entries=entries)
    return Path(_run([root / ".venv/bin/python", "-c", program], root, capture=True).strip())


def rows_of_a_run(root, arguments):
    """Run the tree's own benchmark and return the rows of its bench.json."""
    (root / RESULTS).unlink(missing_ok=True)
    _run([root / ".venv/bin/python", "-m", "benchmarks", *arguments], root)
    return json.loads((root / RESULTS).read_text())


def _run(command, root, *, capture=False):
    """Run a command in that tree and return what it prints, if captured. Raises CompareError.

    When this process is interrupted the command is too, and has `PATIENCE` seconds to clean up.
    """
    command = [str(part) for part in command]
    environment = {name: value for name, value in os.environ.items() if name not in DROPPED}
    process = subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if process.returncode != 0:
        raise CompareError(f"{' '.join(command[:4])} failed in {root}")
    return printed


def write(comparisons, *, about):
    """Write compare.json and compare.md beside bench.json."""
    folder = ROOT / RESULTS.parent
    rows = [asdict(one) | {"ratio": one.ratio, "worse": one.worse} for one in comparisons]
    text = json.dumps({"about": about, "rows": rows}, ensure_ascii=False, indent=2)
    (folder / "compare.json").write_text(text + "\n")
    cells = [one.cells() for one in comparisons]
    (folder / "compare.md").write_text(f"{about}\n\n{table.markdown(HEADINGS, cells)}\n")


def run(commit, *, scale, scales, arguments):
    """Compare with the commit and print the table.

    `arguments` are those of `python -m benchmarks` in each tree; `scales` the numbers of entries
    that it makes files for. Raises CompareError.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    commit = _run(["git", "rev-parse", "--short", f"{commit}^{{commit}}"], ROOT, capture=True)
    commit, began = commit.strip(), datetime.now(UTC)
    runs = {"base": [], "new": []}
    with base_tree(commit) as tree:
        for entries in scales:
            share_files(tree, entries)
        for turn in range(RUNS):
            for name, root in (("base", tree), ("new", ROOT)):
                print(f"Run {turn + 1} of {RUNS}, {name}", file=sys.stderr, flush=True)
                runs[name].append(rows_of_a_run(root, arguments))
    comparisons = [*compare(runs["base"], runs["new"])]
    load = ", ".join(f"{minutes:.1f}" for minutes in os.getloadavg())
    worse = sum(1 for one in comparisons if one.worse)
    about = (
        f"Base {commit} and the working tree by turns, {RUNS} runs each, medians; {scale} entries, "
        f"{os.cpu_count()} cores; {began:%Y-%m-%d %H:%M} to {datetime.now(UTC):%H:%M} UTC, load at "
        f"the end {load}. Rows worse by more than 5 %: {worse} of {len(comparisons)}."
    )
    write(comparisons, about=about)
    print("\n" + table.in_columns(HEADINGS, [one.cells() for one in comparisons]))
    print("\n" + about)
