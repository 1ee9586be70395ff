"""Whether the desk lives and can work: for load balancers and for people."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import path
from redis import RedisError

from inbox import live


@login_not_required
def show_live(request: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"live": True})


@login_not_required
def show_ready(request: HttpRequest) -> JsonResponse:
    """Say whether database and migrations are there (needed), and Redis (only slower without)."""
    parts = {"database": is_database_ready(), "redis": is_redis_ready()}
    ready = parts["database"] == "ready"
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def is_database_ready() -> str:
    """Return `ready`, or in words what is missing."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "not reachable"
    return "migrations waiting" if waiting else "ready"


def is_redis_ready() -> str:
    """Return `ready`, or in words what is missing."""
    try:
        live.connect().ping()
    except RedisError:
        return "not reachable: screens update more slowly"
    return "ready"


urlpatterns = [path("live", show_live, name="health-live"), path("ready", show_ready, name="health-ready")]
