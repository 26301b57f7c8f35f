"""The memory of all the processes that a step starts, together."""

import threading
from contextlib import suppress

import psutil

_EVERY = 1  # second: a look takes 8 ms of each process, which is kept from its work meanwhile
_MEGABYTE = 1 << 20


class Memory(threading.Thread):
    """The most, in megabytes, that the descendants of this process have while it is entered.

    `together` counts once what several of them share, where the system tells; `largest` is one
    process with all that it shares. The database server is none of them.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.together = self.largest = 0.0
        self._over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()

    def run(self):
        while not self._over.wait(_EVERY):
            taken = [*_taken()]
            self.together = max(self.together, sum(share for share, _ in taken))
            self.largest = max([self.largest, *(whole for _, whole in taken)])


def _taken():
    """The share and the whole memory of each process."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.name() != "postgres":
                memory = process.memory_full_info()
                share = getattr(memory, "pss", memory.rss)
                yield share / _MEGABYTE, memory.rss / _MEGABYTE
