"""One request, from its bytes to the response: limit, the service's checks and mapping, replays, storage."""

import asyncio
import logging
from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from connectors.connector import Connector
from connectors.mapped import Context
from connectors.pipeline.resolve import Arrival
from connectors.settings import SettingsError
from connectors.webhook import Delivery, Refusal, Request
from connectors.webhooks.counts import Counts
from connectors.webhooks.intake import Delivered, Intake, NotSafeError
from connectors.webhooks.replays import Replays
from process.clock import now
from process.meters import counter, histogram

_BODY_SECONDS = 10.0
_RETRY_AFTER_SECONDS = "30"

_log = logging.getLogger(__name__)
_ANSWERS = counter("funnel_webhook_answers_total")
_SECONDS = histogram("funnel_webhook_seconds")


class Reception:
    """Handles the requests of all services. For one event loop."""

    def __init__(self, secret: str, body_limit: int, intake: Intake, counts: Counts) -> None:
        self._secret = secret
        self._body_limit = body_limit
        self._intake = intake
        self._counts = counts
        self._replays = Replays()
        self._being_taken: dict[str, asyncio.Future[bool]] = {}
        """By replay key: the requests that are not safe yet, as futures of whether they became so."""
        self._logged: set[str] = set()

    async def answer(self, connector: Connector, http: HttpRequest, token: str) -> Response:
        """The response to one request; 2xx only once its content is safe."""
        with _SECONDS.time():
            response = await self._answer(connector, http, token)
        _ANSWERS.labels(connector.name, str(response.status_code)).inc()
        return response

    async def _answer(self, connector: Connector, http: HttpRequest, token: str) -> Response:
        try:
            body = await self._body(http)
        except TimeoutError:
            return self._refuse(connector, Refusal(408, "slow"))
        except ClientDisconnect:
            return self._refuse(connector, Refusal(400, "gone"))
        if body is None:
            return self._refuse(connector, Refusal(413, "too_large"))
        request = Request(body, dict(http.headers), dict(http.query_params), token, now(), http.method)
        result = self._receive(connector, request)
        if isinstance(result, Refusal):
            return self._refuse(connector, result)
        if result.replay_key is None:
            return await self._take(connector, request, result)
        return await self._take_once(connector, request, result, f"{connector.name}:{result.replay_key}")

    def _receive(self, connector: Connector, request: Request) -> Delivery | Refusal:
        assert connector.receive is not None
        try:
            return connector.receive(request, Context(self._secret, request.received_at))
        except SettingsError as error:
            if connector.name not in self._logged:
                self._logged.add(connector.name)
                _log.error("%s: %s", connector.name, error)
            return Refusal(503, "not_configured")
        except Exception as error:
            # Not its text: it may hold part of the body.
            _log.error("%s: a request could not be read (%s).", connector.name, type(error).__name__)
            return Refusal(500, "failed")

    async def _take_once(self, connector: Connector, request: Request, result: Delivery, key: str) -> Response:
        while (earlier := self._being_taken.get(key)) is not None:
            await asyncio.wait([earlier])
        if self._replays.is_replay(key, now()):
            return self._refuse(connector, Refusal(409, "replayed"))
        future = self._being_taken[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._take(connector, request, result)
            if answer.status_code < 300:
                self._replays.remember(key, now())
            return answer
        finally:
            del self._being_taken[key]
            future.set_result(True)

    async def _take(self, connector: Connector, request: Request, result: Delivery) -> Response:
        if result.mapped or result.wake is not None:
            arrivals = [Arrival(connector.name, one, request.received_at, request.body) for one in result.mapped]
            try:
                await self._intake.put(Delivered(connector.name, arrivals, result.wake, request.received_at))
            except NotSafeError as error:
                return self._refuse(connector, Refusal(503, "not_safe"), str(error))
        self._counts.accept(connector.name, now())
        return Response(result.body, media_type=result.media_type)

    def _refuse(self, connector: Connector, refusal: Refusal, why: str = "") -> Response:
        self._counts.refuse(connector.name, refusal.reason, now())
        headers: Mapping[str, str] = {"Retry-After": _RETRY_AFTER_SECONDS} if refusal.status == 503 else {}
        return JSONResponse({"refused": refusal.reason, **({"why": why} if why else {})}, refusal.status, headers)

    async def _body(self, http: HttpRequest) -> bytes | None:
        """The body. None: longer than the limit."""
        length = http.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._body_limit:
            return None
        body = bytearray()
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in http.stream():
                body += piece
                if len(body) > self._body_limit:
                    return None
        return bytes(body)
