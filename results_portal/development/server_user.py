"""The system user that PostgreSQL, which refuses to run as root, runs as when we are root.

As anybody else, the server simply runs as us and nothing here has an effect.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATE_NAMES = ("postgres", "nobody")


@dataclass(frozen=True, kw_only=True)
class ServerUser:
    """The system user a server runs as.

    `walks_in` says that the checkout lies behind directories closed to that user (a home of mode
    0700, say): it then gets the right to pass them, and nobody's permissions are changed.
    """

    uid: int
    gid: int
    walks_in: bool = False

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if not self.is_us:
            os.chown(path, self.uid, self.gid)

    def command(self, command: Sequence[str]) -> list[str]:
        """Return `command`, prefixed when it needs a right that only root can give."""
        if not self.walks_in:
            return list(command)
        return [
            "setpriv",
            f"--reuid={self.uid}",
            f"--regid={self.gid}",
            "--clear-groups",
            "--securebits=+no_setuid_fixup",  # or access(2) forgets the right
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            *command,
        ]

    def identity(self) -> dict[str, Any]:
        """Return the arguments of `subprocess.run` that make the program run as this user."""
        if self.is_us or self.walks_in:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user(*, keep: Path, reach: Sequence[Path]) -> ServerUser:
    """Return the user to run the server as: us, or, when we are root, the owner of `keep` (or of
    the nearest folder above that exists), or else a system user made for such use.

    `reach` are the paths the server must be able to get to.
    """
    if os.geteuid() != 0:
        return ServerUser(uid=os.geteuid(), gid=os.getegid())
    entry = _entry(keep)
    plain = ServerUser(uid=entry.pw_uid, gid=entry.pw_gid)
    if all(_can_pass(plain, path) for path in reach) or shutil.which("setpriv") is None:
        return plain
    return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid, walks_in=True)


def _entry(keep: Path) -> pwd.struct_passwd:
    owned = next(path for path in (keep, *keep.parents) if path.exists())
    owner = owned.stat().st_uid
    entries = pwd.getpwall()
    for entry in entries:
        if owner and entry.pw_uid == owner:
            return entry
    by_name = {entry.pw_name: entry for entry in entries}
    return next(by_name[name] for name in CANDIDATE_NAMES if name in by_name)


def _can_pass(user: ServerUser, path: Path) -> bool:
    test = shutil.which("test") or "/bin/test"
    command = [test, "-x", str(path)]
    done = subprocess.run(command, cwd="/", check=False, **user.identity())  # noqa: S603
    return done.returncode == 0
