"""The routes of the webhook server: one a service, its own health, and the OpenAPI page at /docs."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from connectors.connector import Connector
from connectors.webhooks.reception import Reception

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken: what it says is in Kafka or on this server's disk."},
    401: {"description": "Not believed: signature, token or time is wrong or missing."},
    409: {"description": "A replay: this very request has been taken already."},
    413: {"description": "The body is longer than FUNNEL_WEBHOOK_BODY_LIMIT."},
    503: {"description": "Cannot be made safe now, or the service is not configured: send it again later."},
}
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_app(
    services: Iterable[Connector],
    reception: Callable[[], Reception],
    health: Callable[[], dict[str, Any]],
    ready: Callable[[], tuple[bool, dict[str, Any]]],
    lifespan: Lifespan,
) -> FastAPI:
    """The application. `reception`, `health` and `ready` are asked within a request."""
    app = FastAPI(
        title="Webinar Funnel webhooks",
        description="Addresses for the webhooks of the services that people register and meet on.",
        lifespan=lifespan,
        redoc_url=None,
    )
    for service in services:
        _add_service(app, service, reception)

    @app.get("/health", summary="Alive", description="Answers while the process lives; counts since its start.")
    async def _health() -> JSONResponse:
        return JSONResponse(health())

    @app.get(
        "/ready",
        summary="Ready",
        description="200 while a webhook can be made safe, in Kafka or in the spool, and says in which; else 503.",
    )
    async def _ready() -> JSONResponse:
        is_ready, said = ready()
        return JSONResponse(said, 200 if is_ready else 503)

    return app


def _add_service(app: FastAPI, service: Connector, reception: Callable[[], Reception]) -> None:
    async def receive(request: HttpRequest) -> Response:
        return await reception().answer(service, request, request.path_params.get("token", ""))

    told = f" Tells: {', '.join(service.tells)}." if service.tells is not None else " People only register there."
    described = f"{service.cannot}{told}"
    for path, how in (("", ""), ("/{token}", " (secret in the address)")):
        parameters = [{"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}] if path else []
        app.add_api_route(
            f"/webhooks/{service.name}{path}",
            receive,
            methods=["POST"],
            summary=f"{service.title}{how}",
            description=described,
            tags=["webhooks"],
            name=f"{service.name}{'_token' if path else ''}",
            responses=_ANSWERS,
            response_class=Response,
            openapi_extra=_BODY | ({"parameters": parameters} if parameters else {}),
        )
        if service.is_tried:
            app.add_api_route(f"/webhooks/{service.name}{path}", receive, methods=["GET"], include_in_schema=False)
