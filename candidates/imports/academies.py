"""The académies of a new installation."""

import tomllib
from pathlib import Path

from django.apps import apps as installed
from django.db import router

SOURCE = Path(__file__).with_name("academies.toml")


def load_missing(sender, *, using, apps=installed, **kwargs):
    """Receiver of `post_migrate`: create the missing académies; leave the others as they are."""
    try:
        academy = apps.get_model("candidates", "Academy")
    except LookupError:
        return
    if router.allow_migrate_model(using, academy):
        rows = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
        academy.objects.using(using).bulk_create(
            [academy(code=code, **row) for code, row in rows.items()], ignore_conflicts=True
        )
