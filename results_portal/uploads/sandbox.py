"""Files from outside, opened in a process with limits and turned into pictures.

A limit on size, pages or points is none on work: a PDF of 3 kB can unpack to gigabytes, and a JPEG
of 100 kB can take a minute. So no library opens such a file in the server, which may be serving
the rush and holds the keys. `picture_maker` is the program of that process.
"""

import fcntl
import json
import logging
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from results_portal.uploads import picture_maker
from results_portal.uploads.picture_maker import Refusal

AT_ONCE = 2  # processes on this host
_CHUNK = 1 << 16

log = logging.getLogger(__name__)


class NoPicture(Exception):
    """The file has no picture; `why` says why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.name)
        self.why = why


class TooManyAtOnce(Exception):
    """As many files as may be are being opened on this host."""


def pictures_of(file: Any) -> bytes:
    """Return a ZIP of JPEG pictures of an uploaded PDF, JPEG or PNG: "1.jpg", "2.jpg"…

    Raise `NoPicture` or `TooManyAtOnce`. The file is rewound.
    """
    return _made_of(file)


def codes_on(file: Any) -> list[str]:
    """Return the texts of the QR codes on an uploaded photograph, each once.

    Raise `NoPicture` or `TooManyAtOnce`. The file is rewound.
    """
    return list(map(str, json.loads(_made_of(file, picture_maker.CODES))))


def _made_of(file: Any, *words: str) -> bytes:
    with _slot() as slot, tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as made:
        file.seek(0)
        for chunk in file.chunks(_CHUNK):
            sent.write(chunk)
        file.seek(0)
        sent.seek(0)
        status = _run(sent, made, slot, words)
        if status:
            raise NoPicture(status)
        made.seek(0)
        return made.read()


def picture(pictures: IO[bytes], number: int) -> bytes:
    """Return one of the pictures that `pictures_of` made; raise KeyError for one that is not."""
    with zipfile.ZipFile(pictures) as kept:
        return kept.read(f"{number}.jpg")


def count(pictures: IO[bytes]) -> int:
    """Return how many pictures `pictures_of` made."""
    with zipfile.ZipFile(pictures) as kept:
        return len(kept.namelist())


def _run(
    sent: IO[bytes], made: IO[bytes], slot: IO[bytes], words: tuple[str, ...]
) -> Refusal | None:
    """Return why there is no picture. The slot is taken until the process has ended."""
    command = [str(Path(sys.prefix) / "bin" / "python"), "-I", picture_maker.__file__, *words]
    try:
        status = subprocess.run(  # noqa: S603  no word of the command is a visitor's
            command,
            stdin=sent,
            stdout=made,
            stderr=subprocess.DEVNULL,
            env={},  # none of our secrets
            pass_fds=[slot.fileno()],
            timeout=picture_maker.SECONDS + 3,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return Refusal.TOO_HEAVY
    if status == 0:
        return None
    try:
        return Refusal(status)
    except ValueError:
        log.warning("a file from outside ended its process with status %s", status)
        return Refusal.TOO_HEAVY


@contextmanager
def _slot() -> Iterator[IO[bytes]]:
    """Take one of the slots of this host; a process that dies gives its own back."""
    settings.LOCKS_DIR.mkdir(parents=True, exist_ok=True)
    for number in range(AT_ONCE):
        with (settings.LOCKS_DIR / f"upload-{number}").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield lock
            return
    raise TooManyAtOnce
