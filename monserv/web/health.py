"""How everything watched does, and whether this process itself is well."""

from __future__ import annotations

from flask import Response

from monserv.web import envelope, polled
from monserv.web.current import access, runtime
from monserv.web.resource import Resource
from monserv.web.words import sentence
from monserv.wire import examples
from monserv.wire.schemas.answers import HealthAnswer, ProbeAnswer
from monserv.wire.schemas.resources import Error

health = Resource(
    "Health", __name__, description="How the servers do, and whether monserv itself is well."
)


@health.get("/api/v1/health")
@health.response(
    200,
    HealthAnswer,
    description="The status of all servers, summed up",
    example=examples.answer(examples.HEALTH, "1 server is online, 1 alert is active"),
    headers=polled.HEADERS,
)
@polled.or_unchanged(health)
def show_health() -> Response:
    """Sum up how all servers do."""
    return polled.response()


@health.get("/healthz")
@health.response(
    200,
    ProbeAnswer,
    description="The process is alive",
    example=examples.answer({"status": "ok"}, "monserv is alive"),
)
def show_liveness() -> Response:
    """Say that the process is alive."""
    return envelope.success({"status": "ok"}, "monserv is alive")


@health.get("/readyz")
@health.response(
    200,
    ProbeAnswer,
    description="The database and the pollers work",
    example=examples.answer({"status": "ok"}, "monserv is ready"),
)
@health.alt_response(
    503,
    schema=Error,
    description="Something does not work; error says what",
    example=examples.failure(503, "The poller of scadanas has died."),
)
def show_readiness() -> Response:
    """Say whether the database and the pollers work."""
    problems = runtime().problems()
    if problems and access().tags:
        # They name servers and paths; who is nobody sees no server at all.
        return envelope.failure(503, "monserv is not ready; who sees all servers sees why.")
    if problems:
        return envelope.failure(503, sentence(problems[0]), {"problems": list(problems)})
    return envelope.success({"status": "ok"}, "monserv is ready")
