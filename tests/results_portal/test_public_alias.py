"""The `public` connection: the visitor's rights, in production and inside a test's transaction."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import ProgrammingError, connections, router, transaction

ROLES = "SELECT current_user, session_user"


def ask(alias, sql):
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_a_public_connection_has_a_login_with_the_rights_of_portal_public_and_no_more():
    assert ask("public", ROLES) == ("portal_visitors", "portal_visitors")
    with pytest.raises(ProgrammingError, match="permission denied"):
        User.objects.using("public").count()


@pytest.mark.django_db
def test_inside_a_test_a_public_read_has_the_same_rights():
    assert ask("public", ROLES) == ("portal_public", "portal")
    assert ask("default", ROLES) == ("portal_staff", "portal")


@pytest.mark.django_db
def test_inside_a_test_a_refused_public_read_leaves_the_writer_its_rights():
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        User.objects.using("public").count()
    assert ask("default", ROLES) == ("portal_staff", "portal")


def test_no_schema_is_made_through_the_public_connection():
    assert not router.allow_migrate("public", "results")
    assert router.allow_migrate("default", "results")


def test_the_tests_read_publicly_from_the_database_they_write():
    assert settings.DATABASES["public"]["TEST"]["MIRROR"] == "default"
