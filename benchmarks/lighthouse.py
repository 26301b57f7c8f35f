"""Lighthouse marks on a phone, by the npm package locked in `benchmarks/lighthouse/`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings

from benchmarks.people import people
from benchmarks.table import Row
from benchmarks.weight import CHROMIUM
from results.lists.lists import open_lists

LOCKED = Path(__file__).with_name("lighthouse")
TARGETS = {"performance": 99, "accessibility": 100, "best-practices": 100}
TRIES = 3  # "Something went wrong with recording the trace. Please run Lighthouse again."
_FLAGS = "--headless=new --no-sandbox --disable-gpu"


def measure(site):
    program = _installed()
    if program is None:
        yield Row("Lighthouse", None, target="npm is missing or could not install it")
        return
    (person,) = people(1)
    session = open_lists()[0]
    for name, path, cookie in (
        ("home", "/", None),
        ("look-up", "/resultats/", None),
        ("result", "/resultats/mon-resultat/", person.cookie),
        ("list", f"/listes/{session['code']}/{session['specialities'][0]['code']}/", None),
    ):
        marks = _marks(program, site + path, cookie)
        for category, least in TARGETS.items():
            yield Row(
                f"Lighthouse, {name}: {category}",
                marks and f"{marks[category]:.0f}",
                target=f"≥ {least}" if marks else "Lighthouse failed",
                met=bool(marks) and marks[category] >= least,
            )


def _installed():
    """Return the program, installed from the lock if need be; None when npm cannot install it."""
    home = settings.DATA_DIR / "lighthouse"
    program = home / "node_modules/.bin/lighthouse"
    if not program.exists() and shutil.which("npm"):
        shutil.copytree(LOCKED, home, dirs_exist_ok=True)
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=home, capture_output=True, check=False)
    return program if program.exists() else None


def _marks(program, address, cookie):
    """Return the mark of each category, out of 100; None when every try failed."""
    command = [program, address, "--quiet", "--output=json", f"--chrome-flags={_FLAGS}"]
    command += [f"--only-categories={','.join(TARGETS)}"]
    command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []
    environment = os.environ | {"CHROME_PATH": CHROMIUM}
    for _try in range(TRIES):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    else:
        return None
    categories = json.loads(done.stdout)["categories"]
    return {name: 100 * (categories[name]["score"] or 0) for name in TARGETS}
