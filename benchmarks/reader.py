"""`python -m benchmarks.reader`: a process that reads results until its input ends.

It then prints its longest wait, in seconds.
"""

import subprocess
import sys
import threading
import time


class ConcurrentReader:
    """Context manager that runs this module meanwhile; `longest` is then its longest wait."""

    longest = 0.0

    def __enter__(self):
        command = [sys.executable, "-m", "benchmarks.reader"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._process.stdout.readline()  # it has started to read
        return self

    def __exit__(self, *_error):
        self.longest = float(self._process.communicate()[0])


def read(over):
    """Read the releases and a result until `over` is set; return the longest wait in seconds."""
    from candidates.identification.cookie import Visit
    from results.gate import lookup

    visit = Visit(1, 1, 0, "", "")
    longest = 0.0
    while not over.wait(0.01):
        began = time.perf_counter()
        lookup.announcements()
        lookup.stored_result_of(visit)
        longest = max(longest, time.perf_counter() - began)
    return longest


def main():
    import django

    django.setup()
    from candidates.identification.cookie import Visit
    from results.gate import lookup

    lookup.announcements()
    lookup.stored_result_of(Visit(1, 1, 0, "", ""))
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("reading", flush=True)
    print(read(over))


if __name__ == "__main__":
    main()
