"""The routes of the webhook server: one per service, its own health, and the OpenAPI page at /docs.

Strangers see neither the services nor the counts (connectors/webhooks/operator.py).
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from connectors.connector import Connector
from connectors.webhooks.operator import is_operator
from connectors.webhooks.readiness import Readiness
from connectors.webhooks.reception import Reception

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Accepted: its events are in Kafka or on this server's disk."},
    401: {"description": "Refused: signature, token or time is wrong or missing."},
    409: {"description": "A replay: this very request was accepted before."},
    413: {"description": "The body is longer than FUNNEL_WEBHOOK_BODY_LIMIT."},
    503: {"description": "Its events cannot be stored now, or the service is not configured: send it again later."},
}
_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_app(
    services: Iterable[Connector],
    reception: Callable[[], Reception],
    health: Callable[[], dict[str, Any]],
    readiness: Callable[[], Readiness],
    lifespan: Lifespan,
) -> FastAPI:
    """The application. `reception`, `health` and `readiness` are called within a request."""
    app = FastAPI(
        title="Webinar Funnel webhooks",
        description="Addresses for the webhooks of the services where people register and meet.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for service in services:
        _add_service(app, service, reception)

    @app.get(
        "/health",
        summary="Alive",
        description="Answers while the process runs; shows this machine's operator the counts since its start.",
    )
    async def _health(request: HttpRequest) -> Response:
        return JSONResponse(health()) if _is_operator(request) else PlainTextResponse("ok")

    @app.get(
        "/ready",
        summary="Ready",
        description="200 while a webhook would be made safe, in Kafka or in the spool; else 503. To this machine's "
        "operator it says in which, and why not.",
    )
    async def _ready(request: HttpRequest) -> Response:
        now = await readiness().ask()
        status = 200 if now.is_ready else 503
        if _is_operator(request):
            return JSONResponse(now.said, status)
        return PlainTextResponse("ok" if now.is_ready else "not ready", status)

    @app.get("/docs", include_in_schema=False)
    async def _docs(request: HttpRequest) -> Response:
        _hide_from_strangers(request)
        return get_swagger_ui_html(openapi_url="/openapi.json", title=app.title)

    @app.get("/openapi.json", include_in_schema=False)
    async def _openapi(request: HttpRequest) -> Response:
        _hide_from_strangers(request)
        return JSONResponse(app.openapi())

    return app


def _is_operator(request: HttpRequest) -> bool:
    peer = request.client.host if request.client else ""
    return is_operator(peer, request.headers, request.scope["http_version"])


def _hide_from_strangers(request: HttpRequest) -> None:
    if not _is_operator(request):
        raise HTTPException(404)


def _add_service(app: FastAPI, service: Connector, reception: Callable[[], Reception]) -> None:
    async def receive(request: HttpRequest) -> Response:
        return await reception().answer(service, request, request.path_params.get("token", ""))

    able = service.capabilities
    described = f"{service.cannot} " + (
        "People only register there." if able is None else f"Reports: {', '.join(able)}."
    )
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
