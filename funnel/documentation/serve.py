"""Serves the built documentation on this machine only."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from grafana.preview.serve import HOST, StartError, listen

SITE = Path(__file__).parent / "site"
PORT = 3011
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from other hosts: the pages have all that they need."""


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI, on_ready: Callable[[], None]) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", log_config=None, timeout_graceful_shutdown=2))
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def application(site: Path = SITE) -> FastAPI:
    """The pages as they were built. Only loopback host names are answered."""
    app = FastAPI(title="Webinar Funnel: documentation", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @app.middleware("http")
    async def nothing_from_elsewhere(request: Request, call_next):  # type: ignore[no-untyped-def]
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    app.mount("/", StaticFiles(directory=site, html=True))
    return app


def serve(port: int, on_ready: Callable[[str], None], site: Path = SITE) -> None:
    """Serves the pages until a signal; `on_ready` gets the address. Raises StartError."""
    if not (site / "index.html").is_file():
        raise StartError("the documentation is not built in this checkout: make docs")
    listener = listen(port)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn shuts down at both signals and then raises them again, which would change our exit status.
        signal.signal(number, lambda *_: None)
    _Server(application(site), lambda: on_ready(address)).run(sockets=[listener])
