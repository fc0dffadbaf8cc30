"""The preview's HTTP: the built page, the list of dashboards, and their queries by name."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware.trustedhost import TrustedHostMiddleware

from grafana.preview.dashboards import Asked, Dashboards, Json, UnknownError, all_values
from grafana.preview.expand import Chosen, Span, expand_all
from grafana.preview.frames import frame_json
from grafana.preview.source import QueryError, Source
from grafana.preview.wide import wide

DIST = Path(__file__).parent / "dist"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page's content security policy: nothing from other hosts."""

Milliseconds = Annotated[int, Field(ge=-62_135_596_800_000, le=253_402_300_799_999)]
"""Milliseconds of the years 1 to 9999."""


class Question(BaseModel):
    """Identifies a query of a dashboard, with the choices on the page. No SQL."""

    model_config = ConfigDict(extra="forbid")

    dashboard: str
    kind: Literal["panel", "variable", "annotation"]
    name: str
    ref_id: str = "A"
    variables: dict[str, str | list[str]] = {}
    every: dict[str, list[str]] = {}
    begin: Milliseconds
    end: Milliseconds
    interval: Annotated[int, Field(ge=1)] = 60_000
    timezone: Annotated[str, Field(max_length=64)] = "UTC"
    """The viewer's time zone, an IANA name."""

    def answered(self, dashboards: Dashboards, source: Source) -> Json:
        """The frame. Raises UnknownError, QueryError, and ValueError for a query that cannot be expanded."""
        query = dashboards.query(self.dashboard, Asked(self.kind, self.name, self.ref_id))
        chosen = Chosen(self.variables, self.every, all_values(dashboards.read(self.dashboard)))
        found = source.ask(expand_all(query.raw_sql, chosen, Span(self.begin, self.end, self.interval)))
        return frame_json(self.ref_id, wide(found) if query.series else found, _zone(self.timezone))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _refused(request: Request) -> Response | None:
    """The refusal of a request from another page's script; None for links, such as those in messages."""
    own = f"{request.url.scheme}://{request.headers.get('Host', '')}"
    elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    if request.url.path.startswith("/api/") and (elsewhere or request.headers.get("Origin", own) != own):
        return JSONResponse({"detail": "questions of other pages are not answered"}, 403)
    return None


def application(dashboards: Dashboards, source: Source) -> FastAPI:
    """The server's routes. Only loopback host names are answered, so that other pages cannot use DNS rebinding."""
    app = FastAPI(title="Webinar Funnel: preview of the dashboards", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @app.middleware("http")
    async def nothing_from_elsewhere(request: Request, call_next):  # type: ignore[no-untyped-def]
        response: Response = _refused(request) or await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.get("/")
    def home(request: Request) -> Response:
        listed = dashboards.listed()
        if not listed:
            raise HTTPException(404, "there are no dashboards: run python -m grafana.build")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/d/{listed[0]['uid']}{query}")

    @app.get("/d/{_:path}")
    def page() -> Response:
        return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/api/dashboards")
    def listed() -> list[Json]:
        return dashboards.listed()

    @app.get("/api/dashboards/{uid}")
    def dashboard(uid: str) -> Response:
        try:
            return JSONResponse(dashboards.read(uid))
        except UnknownError as error:
            return JSONResponse({"error": str(error)}, 404)

    @app.post("/api/query")
    def answer(question: Question) -> Response:
        try:
            return JSONResponse(question.answered(dashboards, source))
        except UnknownError as error:
            return JSONResponse({"error": str(error)}, 404)
        except (ValueError, QueryError) as error:
            return JSONResponse({"error": str(error)}, 400)

    app.mount("/public", StaticFiles(directory=DIST))
    return app
