"""Events that come all the while, by Kafka and by webhooks, and which of them were acknowledged."""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import orjson
from kafka import KafkaProducer
from kafka.errors import KafkaError

from contract.instants import HOUR, format_instant
from contract.topics import TOPIC_OF_TYPE
from tests.contract_events import Event, hour_long, registration, stay
from tests.e2e.timing import YESTERDAY, moved
from tests.faults.installed.installation import FORM, Installation

WEBINARS = 12
_PAUSE_SECONDS = 0.1
_PERSONS_AT_ONCE = 5
# A connection for each, as from strangers; without certificates, whose loading costs more than the webhook.
_WEB = httpx.Client(timeout=5.0, verify=False, limits=httpx.Limits(max_keepalive_connections=0))


class Ledger:
    """What was sent, by event_id, and what of it was acknowledged. Used by several threads."""

    def __init__(self) -> None:
        self.sent: dict[str, bytes | None] = {}
        """Its record; None where the webhook server makes it."""
        self.acknowledged: set[str] = set()
        """By Kafka, or by the webhook server's 2xx: these must not get lost. The others may be there or not."""
        self.refused = 0
        """Webhooks that were not answered with 2xx: their senders send them again."""


class Sender:
    """Sends events with ids and webinars of one case, by Kafka about 150 and by webhook about 5 a second."""

    def __init__(self, installation: Installation, ledger: Ledger, name: str) -> None:
        self._installation = installation
        self._ledger = ledger
        self.name = name
        self._persons = 0
        self._posts = 0
        self._producer: KafkaProducer | None = None

    # By Kafka.

    def webinars(self) -> Iterator[Event]:
        """The webinars of the case, over since yesterday."""
        for number in range(WEBINARS):
            yield from hour_long(self._webinar(number))

    def persons(self, count: int) -> Iterator[Event]:
        """New persons, three events each."""
        for _ in range(count):
            self._persons += 1
            webinar_id = self._webinar(self._persons)
            yield registration(self._persons, webinar_id=webinar_id)
            yield from stay(self._persons, 0, 40, webinar_id)

    def publish(self, events: Iterable[Event]) -> None:
        """Hands them to Kafka, without waiting; what it does not take for five seconds is given up."""
        with suppress(KafkaError, OSError, ValueError):
            self._producer = self._producer or _producer(self._installation.config.kafka_bootstrap)
            for event in events:
                event_id, value = f"{self.name}:{event['event_id']}", moved(event)
                record = orjson.dumps(value | {"event_id": event_id})
                self._ledger.sent[event_id] = record
                topic = TOPIC_OF_TYPE[event["type"]].name
                sent = self._producer.send(topic, record, event["webinar_id"].encode())
                sent.add_callback(lambda _, known=event_id: self._ledger.acknowledged.add(known))

    # By webhook.

    def post(self) -> int | None:
        """Sends a form's registration. Returns the status of the answer; None: there was none."""
        self._posts += 1
        token = f"{self.name}-{self._posts}"
        self._ledger.sent[f"typeform:{token}"] = None
        body = _form_response(token)
        signed = hmac.new(self._installation.webhook_secret.encode(), body, hashlib.sha256).digest()
        headers = {"Typeform-Signature": "sha256=" + base64.b64encode(signed).decode()}
        try:
            address = f"{self._installation.webhooks}/webhooks/typeform"
            status = _WEB.post(address, content=body, headers=headers).status_code
        except httpx.HTTPError:
            status = None
        if status is not None and 200 <= status < 300:
            self._ledger.acknowledged.add(f"typeform:{token}")
        else:
            self._ledger.refused += 1
        return status

    # Both, all the while.

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """While the block runs; at its end what is on its way to Kafka is waited for."""
        ended = threading.Event()
        publishing = threading.Thread(target=_again, args=(ended, lambda: self.publish(self.persons(_PERSONS_AT_ONCE))))
        posting = threading.Thread(target=_again, args=(ended, self.post))
        self.publish(self.webinars())
        publishing.start()
        posting.start()
        try:
            yield
        finally:
            ended.set()
            publishing.join()
            posting.join()
            self.close()

    def close(self) -> None:
        """Waits for what is on its way, then ends the connection."""
        if self._producer is not None:
            with suppress(KafkaError):
                self._producer.flush(10)
                self._producer.close(timeout=2)
            self._producer = None

    def _webinar(self, number: int) -> str:
        return f"zoom:{self.name}-{number % WEBINARS}"


def _again(ended: threading.Event, send: Callable[[], Any]) -> None:
    while not ended.is_set():
        began = time.monotonic()
        send()
        ended.wait(max(0.0, _PAUSE_SECONDS - (time.monotonic() - began)))


def _producer(bootstrap: str) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        bootstrap_timeout_ms=2_000,
        max_block_ms=1_000,
        request_timeout_ms=4_000,
        delivery_timeout_ms=5_000,
        linger_ms=5,
    )


def _form_response(token: str) -> bytes:
    response = {
        "form_id": FORM,
        "token": token,
        "submitted_at": format_instant(YESTERDAY - HOUR),
        "hidden": {"utm_source": "vk"},
        "answers": [{"type": "email", "email": f"{token}@example.com", "field": {"id": "1", "type": "email"}}],
    }
    return orjson.dumps({"event_id": token, "event_type": "form_response", "form_response": response})
