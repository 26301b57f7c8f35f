"""Memory of all the processes that a step starts, together."""

import threading
from contextlib import suppress

import psutil

_EVERY = 1  # second: a sample stops each process for 8 ms
_MEGABYTE = 1 << 20


class Memory(threading.Thread):
    """Context manager that samples the peak memory, in megabytes, of this process's descendants.

    `together` counts shared pages once, where the system reports them; `largest` is the resident
    memory of one process. The database server does not count.
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
            sizes = [*_sizes()]
            self.together = max(self.together, sum(share for share, _ in sizes))
            self.largest = max([self.largest, *(whole for _, whole in sizes)])


def _sizes():
    """Yield the proportional and the resident memory of each process, in megabytes."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.name() != "postgres":
                memory = process.memory_full_info()
                share = getattr(memory, "pss", memory.rss)
                yield share / _MEGABYTE, memory.rss / _MEGABYTE
