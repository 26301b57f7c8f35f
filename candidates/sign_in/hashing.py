"""Hashing of the staff's passwords, which gives way to visitors.

A hash takes a third of a second of a core. Many guesses at once would take all cores from those who
ask for a result: each process hashes one password at a time, in a thread that runs when nobody else
wants the core.
"""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import PBKDF2PasswordHasher

LAST = 19  # priority of a thread on Linux: from -20, the first to run, to 19


def _give_way():
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST)


_thread = ThreadPoolExecutor(1, "passwords", initializer=_give_way)


class PatientPasswordHasher(PBKDF2PasswordHasher):
    """Django's hasher, whose work is done in one thread that gives way. Hashes are Django's own."""

    def encode(self, password, salt, iterations=None):
        return _thread.submit(super().encode, password, salt, iterations).result()
