"""Health checks for a supervisor or a load balancer."""

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from results_portal.web.private_page import private_page


@require_safe
@private_page
def healthz(request: HttpRequest) -> HttpResponse:
    """Page `healthz`: 200 while the process runs, whatever the database does."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@private_page
def readyz(request: HttpRequest) -> HttpResponse:
    """Page `readyz`: 200 if both database connections work and no migration is pending.

    Otherwise 503 with "database" or "migrations".
    """
    try:
        for alias in ("default", "public"):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        ready, reason = not _pending_migrations(), "migrations\n"
    except DatabaseError:
        ready, reason = False, "database\n"
    return HttpResponse(
        "ok\n" if ready else reason, content_type="text/plain", status=200 if ready else 503
    )


def _pending_migrations() -> bool:
    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
