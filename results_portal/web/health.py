"""Health checks for a supervisor or a load balancer, which asks by address, under any Host."""

from collections.abc import Callable

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from results_portal.postgresql import visitors_login
from results_portal.routers import PUBLIC
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

    Otherwise 503 with "database", "login" (that of visitors may do more than it must) or
    "migrations".
    """
    try:
        said = "migrations" if _pending_migrations() else _as_visitors_see_it()
    except visitors_login.UnsafeLogin:
        said = "login"
    except DatabaseError:
        said = "database"
    status = 200 if said == "ok" else 503
    return HttpResponse(f"{said}\n", content_type="text/plain", status=status)


class HealthMiddleware:
    """Middleware that answers health checks before anything looks at the Host of the request."""

    views = {"/healthz": healthz, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.views.get(request.path_info, self.get_response)(request)


def _as_visitors_see_it() -> str:
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute("SELECT FROM results_release LIMIT 0")
        return "login" if visitors_login.faults(cursor) else "ok"


def _pending_migrations() -> bool:
    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
