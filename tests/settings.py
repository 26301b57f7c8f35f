"""The portal's settings, with what makes tests fast and independent of built files."""

import os

from results_portal.development import environment

environment.prepare()

from results_portal.settings import *  # noqa: E402
from tests.strictness import FailOnUndefined  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WORK_DIR = DATA_DIR / "test-work"
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [
    "tests.strictness.keep_visitors_from_the_office",
    *MIDDLEWARE,
    "tests.strictness.refuse_empty_links",
]
SECURE_SSL_REDIRECT = False
STAFF_MFA = False  # on where it is what a test is about
PREPARE_WORKERS = False
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = FailOnUndefined()
# What a test commits may be lost in a power cut.
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
# The tests' own connection makes databases, and takes the office's rights once they are made (see
# `tests/conftest.py`) or the visitors' where it stands in for them (see `tests/visitor.py`).
OWNER = env.db_url_config(DATABASE_OWNER_URL)
DATABASES["default"] |= {name: OWNER[name] for name in ("USER", "PASSWORD")}
# Tests that run beside each other open files beside each other.
LOCKS_DIR = DATA_DIR / "locks" / os.environ.get("PYTEST_XDIST_WORKER", "main")
