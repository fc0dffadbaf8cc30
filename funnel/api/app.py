"""The routes of the API, and the shared pages. Every refusal is a problem of RFC 9457."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from contract.faults import in_words
from contract.instants import format_instant
from funnel.answers.answer import parse_dimensions
from funnel.answers.definitions import definitions
from funnel.answers.source import Answers, Asked, AwayError, UnknownError
from funnel.answers.tokens import holder
from funnel.api import models
from funnel.api.pace import Pace
from funnel.report.numbers import Question, parse_at
from funnel.share.pages import Shares
from process.clock import now
from process.meters import counter, histogram

PROBLEM = "application/problem+json"
_VERSION = "1"
_AWAY_SECONDS = 5
_STRANGERS, _VIEWERS = "strangers", "viewers"
_API, _SHARED = "/api/v1", "/share/"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    404: "Not found",
    405: "Method not allowed",
    422: "Wrong parameters",
    429: "Too many requests",
    503: "Not available now",
}
_BEARER = HTTPBearer(auto_error=False, description="A token of FUNNEL_API_TOKENS.")
_SAID: dict[int | str, dict[str, Any]] = {
    status: {"description": _TITLES[status], "content": {PROBLEM: {"schema": models.Problem.model_json_schema()}}}
    for status in (401, 404, 422, 429, 503)
}

_log = logging.getLogger("api")


class Refused(Exception):
    """The request is refused."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


class Access(NamedTuple):
    """Who may ask, and how often."""

    tokens: tuple[str, ...]
    """Hashes."""
    pace: Pace


def application(answers: Answers, access: Access, shares: Shares) -> FastAPI:
    """The server's routes."""
    app = FastAPI(
        title="Webinar Funnel",
        version=_VERSION,
        description="The answers of `funnel report`, with definitions, moment and completeness. Read-only.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{_API}/openapi.json",
    )
    _refusals(app)
    _counting(app)
    _answers(app, answers, Depends(_allowed(access)))
    _shared(app, shares, access.pace)

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _allowed(access: Access) -> Callable[..., Awaitable[None]]:
    # A coroutine, as all that counts requests: so they are counted one after the other.
    async def check(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],  # noqa: ARG001  for OpenAPI
    ) -> None:
        who = holder(request.headers.get("authorization", ""), access.tokens)
        _paced(access.pace, who or _STRANGERS)
        if who is None:
            said = "send Authorization: Bearer TOKEN, with a token of FUNNEL_API_TOKENS"
            raise Refused(401, said, {"WWW-Authenticate": "Bearer"})

    return check


def _paced(pace: Pace, who: str) -> None:
    if seconds := pace.wait(who, time.monotonic()):
        raise Refused(429, f"ask again in {seconds} s", {"Retry-After": str(seconds)})


def _answers(app: FastAPI, answers: Answers, allowed: Any) -> None:
    common: dict[str, Any] = {"dependencies": [allowed], "responses": _SAID, "response_model": models.Page}

    @app.get(f"{_API}/webinars", summary="One row for each webinar", **common)
    def webinars(
        at: models.At = None,
        first_day: models.From = None,
        last_day: models.To = None,
        webinar: models.Webinars = None,
        limit: models.Limit = 200,
        cursor: models.Cursor = None,
    ) -> dict[str, Any]:
        question = Question(_moment(at), (), tuple(webinar or ()), first_day, last_day)
        return _page(answers, Asked(question), limit, cursor)

    @app.get(f"{_API}/groups", summary="One row for each group", **common)
    def groups(
        by: models.By,
        at: models.At = None,
        first_day: models.From = None,
        last_day: models.To = None,
        webinar: models.Webinars = None,
        limit: models.Limit = 200,
        cursor: models.Cursor = None,
    ) -> dict[str, Any]:
        try:
            dimensions, each = parse_dimensions(by)
        except ValueError as error:
            raise Refused(422, f"by: {error}") from error
        question = Question(_moment(at), dimensions, tuple(webinar or ()), first_day, last_day)
        return _page(answers, Asked(question, each), limit, cursor)

    @app.get(f"{_API}/webinars/{{webinar_id}}", summary="One webinar", **common)
    def webinar(webinar_id: models.WebinarId, at: models.At = None) -> dict[str, Any]:
        return _page(answers, Asked(Question(_moment(at), (), (webinar_id,))), models.MOST_ROWS, None)

    @app.get(f"{_API}/webinars/{{webinar_id}}/sources", summary="One webinar by source", **common)
    def sources(webinar_id: models.WebinarId, at: models.At = None) -> dict[str, Any]:
        question = Question(_moment(at), ("source_group",), (webinar_id,))
        return _page(answers, Asked(question, each_webinar=True), models.MOST_ROWS, None)

    @app.get(
        f"{_API}/definitions", summary="What every column means", **common | {"response_model": list[models.Meaning]}
    )
    def meanings() -> list[dict[str, Any]]:
        return [one._asdict() for one in definitions()]


def _moment(at: str | None) -> int:
    if at is None:
        return now()
    try:
        return parse_at(at)
    except ValueError as error:
        raise Refused(422, f"at: {error}") from error


def _page(answers: Answers, asked: Asked, limit: int, cursor: str | None) -> dict[str, Any]:
    skip = 0
    if cursor is not None:
        try:
            place = models.place_of(cursor, asked)
            parse_at(format_instant(place.at))
        except (ValueError, OverflowError, OSError) as error:
            raise Refused(422, f"cursor: {error}") from error
        skip, asked = place.skip, asked._replace(question=replace(asked.question, at=place.at))
    try:
        answer = answers.ask(asked)
    except UnknownError as error:
        raise Refused(404, str(error)) from error
    said = answer.as_json()
    rows = said["rows"][skip : skip + limit]
    more = skip + limit < len(said["rows"])
    after = models.Place(at=asked.question.at, skip=skip + limit, of=models.fingerprint(asked)) if more else None
    return {**said, "rows": rows, "next": after.cursor() if after else None}


def _shared(app: FastAPI, shares: Shares, pace: Pace) -> None:
    async def paced(link: str) -> None:
        # Guessed links do not use up what those who have one may ask.
        is_ours = await run_in_threadpool(shares.signed, link)
        _paced(pace, _VIEWERS if is_ours else _STRANGERS)

    @app.get(f"{_SHARED}{{link}}", include_in_schema=False, dependencies=[Depends(paced)])
    def shared(link: str) -> Response:
        outcome, status, html = shares.shown(link, now())
        counter("funnel_share_answers_total").labels(outcome).inc()
        return HTMLResponse(html, status)


def _refusals(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return _problem(error.status, error.detail, error.headers)

    @app.exception_handler(AwayError)
    async def away(_: Request, error: AwayError) -> Response:
        _log.warning("no answer: %s", error)
        return _problem(503, "the database does not answer", {"Retry-After": str(_AWAY_SECONDS)})

    @app.exception_handler(HTTPException)
    async def unknown(_: Request, error: HTTPException) -> Response:
        return _problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def wrong(_: Request, error: RequestValidationError) -> Response:
        return _problem(422, "; ".join(_fault(one) for one in error.errors()))


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    problem = models.Problem(title=_TITLES.get(status, "Failed"), status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers, PROBLEM)


def _fault(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"][1:])
    return f"{where}: {in_words(error)}"


def _counting(app: FastAPI) -> None:
    @app.middleware("http")
    async def counted(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        began, shared = time.monotonic(), request.url.path.startswith(_SHARED)
        try:
            response = await call_next(request)
        except Exception:
            # A shared page's address is its key.
            _log.exception("no answer to %s", _SHARED if shared else request.url.path)
            response = _problem(500, "this is a fault of ours, which is in the log")
        if request.url.path != "/health":
            counter("funnel_api_answers_total").labels("share" if shared else "api", str(response.status_code)).inc()
            histogram("funnel_api_seconds").observe(time.monotonic() - began)
        response.headers.update(_HEADERS)
        return response
