"""Sends the demo's day: records to Kafka as imports do, posts to the webhook server, signed as the services sign."""

import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

import httpx

from connectors.pipeline.publish import Publisher
from connectors.simulator.day import Arrival, Post
from connectors.typeform import webhook as typeform
from connectors.zoom import signature as zoom

_AT_ONCE = 64
"""How many requests run at once: each is answered only when its content is safe."""
_MOST_WAITING = 512
_REPLAYED = 409
"""The answer to a repeated delivery signed within the same second as the first, which was accepted."""


class PostError(Exception):
    """The webhook server did not accept a request. The text is one line."""


class Secrets(NamedTuple):
    """The services' signing secrets."""

    zoom: str
    typeform: str


def send_records(publisher: Publisher, arrivals: Iterable[Arrival]) -> None:
    """Sends arrivals, all of which are records, and returns once they are safe. Raises PublishError."""
    for arrival in arrivals:
        if isinstance(arrival, Post):
            raise ValueError("a post is for the webhook server")
        publisher.send_raw(arrival.topic, arrival.key, arrival.value)
    publisher.flush()


class Sender:
    """`with Sender(publisher, "http://127.0.0.1:8090", secrets) as sender:`; see connectors/simulator/play.py."""

    def __init__(self, publisher: Publisher, webhooks: str, secrets: Secrets) -> None:
        self._publisher = publisher
        self._secrets = secrets
        limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
        self._http = httpx.Client(base_url=webhooks, timeout=30.0, limits=limits)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="post")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        self._http.close()

    def send(self, arrival: Arrival) -> None:
        """Sends one record or post; waits if too many are under way. Raises PublishError and PostError."""
        if not isinstance(arrival, Post):
            self._publisher.send_raw(arrival.topic, arrival.key, arrival.value)
            return
        self._waiting.append(self._pool.submit(self._post, arrival))
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()

    def flush(self) -> None:
        """Returns once everything is safe. Raises PublishError and PostError."""
        while self._waiting:
            self._waiting.popleft().result()
        self._publisher.flush()

    def forge(self, post: Post) -> int:
        """Sends it signed with a wrong secret; returns the status of the response."""
        headers = self._headers(post._replace(body=post.body + b" "))
        return self._http.post(f"/webhooks/{post.service}", content=post.body, headers=headers).status_code

    def _post(self, post: Post) -> None:
        answer = self._http.post(f"/webhooks/{post.service}", content=post.body, headers=self._headers(post))
        if not answer.is_success and answer.status_code != _REPLAYED:
            raise PostError(f"the webhook server answered {answer.status_code} to a post of {post.service}")

    def _headers(self, post: Post) -> dict[str, str]:
        if post.service == "typeform":
            return {typeform.HEADER: typeform.signature(post.body, self._secrets.typeform)}
        timestamp = str(int(time.time()))
        return {
            zoom.TIMESTAMP_HEADER: timestamp,
            zoom.SIGNATURE_HEADER: zoom.sign(post.body, timestamp, self._secrets.zoom),
        }
