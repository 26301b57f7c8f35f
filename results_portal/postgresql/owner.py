"""The login that owns the tables, for the few commands that need it."""

import environ
from django.conf import settings


def act_as_owner() -> None:
    """Have this process connect with the login of `DATABASE_OWNER_URL`; before its first query."""
    owner = environ.Env.db_url_config(settings.DATABASE_OWNER_URL)
    for name in ("USER", "PASSWORD", "HOST", "PORT"):
        settings.DATABASES["default"][name] = owner[name]
