import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_answers_without_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_the_portal_is_ready_when_the_database_answers_and_no_migration_waits(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_the_portal_is_not_ready_while_a_migration_waits(client):
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE portal")
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations\n")


@pytest.mark.django_db
def test_the_portal_is_not_ready_when_visitors_cannot_read(client):
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE portal")
        cursor.execute("ALTER ROLE portal_public RENAME TO portal_elsewhere")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_asks_by_address_under_any_host(client, path):
    assert client.get(path, HTTP_HOST="10.0.0.7:8000").status_code == 200
    assert client.get("/aide/", HTTP_HOST="10.0.0.7:8000").status_code == 400


def test_a_supervisor_may_only_read(client):
    assert client.post("/healthz").status_code == 405
