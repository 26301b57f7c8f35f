"""What a supervisor or a load balancer asks: is the process alive, can it serve."""

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from results_portal.web.private_page import private_page


@require_safe
@private_page
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@private_page
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when both database connections answer and no migration waits; else 503 and why."""
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
