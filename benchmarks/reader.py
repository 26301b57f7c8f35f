"""`python -m benchmarks.reader`: somebody who reads all the time, in a process of their own.

Until its input ends; then it says how long, in seconds, it waited at the most.
"""

import subprocess
import sys
import threading
import time


class Reader:
    """Runs this module beside what is measured; `longest`: the seconds that it says in the end."""

    longest = 0.0

    def __enter__(self):
        command = [sys.executable, "-m", "benchmarks.reader"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._process.stdout.readline()  # it reads
        return self

    def __exit__(self, *_error):
        self.longest = float(self._process.communicate()[0])


def read(over):
    """Read the releases and a result, over and over, until `over` is set; the longest wait."""
    from results.gate import lookup

    longest = 0.0
    while not over.wait(0.01):
        began = time.perf_counter()
        lookup.announcements()
        lookup.stored_result_of(1)
        longest = max(longest, time.perf_counter() - began)
    return longest


def main():
    import django

    django.setup()
    from results.gate import lookup

    lookup.announcements()
    lookup.stored_result_of(1)
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("reading", flush=True)
    print(read(over))


if __name__ == "__main__":
    main()
