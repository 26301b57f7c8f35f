"""Files of the measured sessions, made once for each size and each state of the demo's code."""

import hashlib
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

from results import demo
from results.demo.files import write_files
from results.demo.sessions import SESSIONS
from results_portal.development import DATA

SHARES = {"BTS-2026": 54, "BAC-2026": 46}
"""Percentages of the entries. With 7.5 and 13 marks each, the average is ten."""


def session_files(entries):
    """Return regulations, schools and `SessionFiles` of that many entries, as in `DemoFiles`.

    They are written under `.data/bench` unless they are there. Those of other code are removed.
    """
    base, digest = DATA / "bench", _digest()
    directory = base / f"{entries}-{digest}"
    index = directory / "files.pickle"
    if not index.exists():
        for other in base.glob("*"):
            if not other.name.endswith(digest) or other == directory:
                shutil.rmtree(other)
        sessions = tuple(
            replace(session, share=SHARES[session.code])
            for session in SESSIONS
            if session.code in SHARES
        )
        files = write_files(directory, entries=entries, seed=2026, sessions=sessions)
        index.write_bytes(pickle.dumps((files.regulations, files.schools, files.sessions)))
    return pickle.loads(index.read_bytes())  # noqa: S301 - written by the lines above


def _digest():
    """Return a digest of the code and data that make the files, and of their place."""
    made_with = hashlib.sha256(str(DATA).encode())
    shipped = Path(demo.__file__).parent.parent / "regulations"
    for folder in (Path(demo.__file__).parent, shipped):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".toml"}:
                made_with.update(path.read_bytes())
    return made_with.hexdigest()[:12]
