"""Two questions that an orchestrator asks: is the process alive, and can it do its work?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every migration is applied, else 503 with ``Retry-After``."""
    try:
        executor = MigrationExecutor(connection)
        problem = "migrations are pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else None
    except DatabaseError:
        problem = "the database does not answer"
    if problem:
        return JsonResponse({"status": problem}, status=503, headers={"Retry-After": "2"})
    return JsonResponse({"status": "ok"})
