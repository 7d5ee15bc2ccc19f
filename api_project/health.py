"""What is asked by those who watch over the service: is it alive, can it do its work, and how is it doing?"""

from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from api_project.metrics import may_read_metrics, metrics

NO_STORE = {"Cache-Control": "no-store"}


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer before anything else does: probes come by address, in the clear, under whatever Host they like."""
    questions = {"/healthz": healthz, "/readyz": readyz}

    def middleware(request: HttpRequest) -> HttpResponse:
        question = questions.get(request.path)
        if request.path == "/metrics" and may_read_metrics(request):
            return metrics(request)
        if question is None:
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"], headers=NO_STORE)
        return question()

    return middleware


def healthz() -> JsonResponse:
    """200 as long as the process answers at all; asks nothing of the database."""
    return JsonResponse({"status": "ok"}, headers=NO_STORE)


def readyz() -> JsonResponse:
    """200 when the database answers and every migration is applied, else 503 with ``Retry-After``."""
    try:
        executor = MigrationExecutor(connection)
        problem = "migrations are pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else None
    except Error:
        problem = "the database does not answer"
    if problem:
        return JsonResponse({"status": problem}, status=503, headers=NO_STORE | {"Retry-After": "2"})
    return JsonResponse({"status": "ok"}, headers=NO_STORE)
