"""The files of the sessions that are measured, made once for each size and way to make them."""

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
"""Percent of the entries. With 7.5 and 13 marks each: ten on the average."""


def session_files(entries):
    """Regulations, schools and `SessionFiles` of so many entries, the way of `DemoFiles`.

    Under `.data/bench`, where they are written unless they are there; those made in another way
    are removed.
    """
    base, way = DATA / "bench", _way()
    directory = base / f"{entries}-{way}"
    told = directory / "files.pickle"
    if not told.exists():
        for other in base.glob("*"):
            if not other.name.endswith(way) or other == directory:
                shutil.rmtree(other)
        sessions = tuple(
            replace(session, share=SHARES[session.code])
            for session in SESSIONS
            if session.code in SHARES
        )
        files = write_files(directory, entries=entries, seed=2026, sessions=sessions)
        told.write_bytes(pickle.dumps((files.regulations, files.schools, files.sessions)))
    return pickle.loads(told.read_bytes())  # noqa: S301 - ours, of a moment ago


def _way():
    """A digest of everything that the files are made with, and of where they are."""
    digest = hashlib.sha256(str(DATA).encode())
    shipped = Path(demo.__file__).parent.parent / "regulations"
    for folder in (Path(demo.__file__).parent, shipped):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".toml"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
