"""The bench's own signed service, and a webhook server with it: `python -m bench.webhook_service`."""

import hmac

import orjson

from connectors.connector import Connector
from connectors.mapped import Context, Mapped
from connectors.settings import connector_settings
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import person_of
from connectors.webhook import Delivery, Refusal, Request
from connectors.webhooks.server import serve
from connectors.webhooks.settings import webhook_settings
from process.logs import log_to_stderr

SECRET = b"bench-secret"


def receive(request: Request, context: Context) -> Delivery | Refusal:
    """Checks the signature, maps."""
    signature = request.headers.get("x-signature", "")
    if not hmac.compare_digest(signature, hmac.digest(SECRET, request.body, "sha256").hex()):
        return Refusal(401, "signature")
    return Delivery(map_payload(request.body, context), replay_key=signature)


def map_payload(payload: bytes, context: Context) -> list[Mapped]:
    """A join."""
    webinar = orjson.loads(payload)["payload"]["object"]
    participant = webinar["participant"]
    content = {
        "type": "attendance",
        "kind": "joined",
        "webinar_id": f"bench:{webinar['id']}",
        "platform": "bench",
        "session_id": participant["participant_uuid"],
        "occurred_at": participant["join_time"],
        **(person_of("bench", participant["email"], participant["registrant_id"], context.secret) or {}),
    }
    return [mapped_event(content, context, "bench")]


BENCH = Connector(
    name="bench",
    title="Bench",
    capabilities=("live", "persons", "seconds"),
    cannot="It is the bench's own.",
    configured=lambda: None,
    map_payload=map_payload,
    receive=receive,
)

if __name__ == "__main__":
    log_to_stderr("webhooks")
    serve([BENCH], connector_settings(), webhook_settings())
