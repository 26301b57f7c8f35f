"""Passwords are hashed as Django does, one at a time, by a thread that gives way to visitors."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password

from candidates.sign_in import hashing
from results_portal import settings as portal

HASHER = hashing.PatientPasswordHasher


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.PASSWORD_HASHERS = portal.PASSWORD_HASHERS


def test_a_hash_is_one_of_djangos_own():
    stored = PBKDF2PasswordHasher().encode("le bon mot de passe", "salt", 10)
    assert HASHER().encode("le bon mot de passe", "salt", 10) == stored
    assert check_password("le bon mot de passe", stored)
    assert not check_password("un autre", stored)


def test_thirty_guesses_at_once_take_one_core_at_most_and_only_when_nobody_wants_it(monkeypatch):
    at_work, together, where = [], [], set()

    def encode(self, password, salt, iterations=None):
        at_work.append(password)
        together.append(len(at_work))
        where.add((threading.current_thread().name, os.getpriority(os.PRIO_PROCESS, 0)))
        at_work.remove(password)
        return f"pbkdf2_sha256$1${salt}${password}"

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode)
    with ThreadPoolExecutor(30) as connections:
        list(connections.map(lambda number: make_password(f"guess {number}", "salt"), range(30)))
    assert together == [1] * 30
    assert where == {("passwords_0", hashing.LAST)}
