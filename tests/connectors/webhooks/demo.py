"""A service of the tests' own: signed like the real ones, it sends visits, registrations and webinars.

`python -m tests.connectors.webhooks.demo`: the webhook server with it, configured by the environment as the real one.
"""

import hmac

import orjson

from connectors.connector import Connector
from connectors.mapped import Context, FormRegistration, Mapped, Reason, Rejection
from connectors.settings import connector_settings
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import person_of
from connectors.webhook import Delivery, Refusal, Request
from connectors.webhooks.server import serve
from connectors.webhooks.settings import webhook_settings
from process.logs import log_to_stderr

SECRET = "demo-secret"


def sign(body: bytes) -> dict[str, str]:
    """The headers that the service would send."""
    return {"x-demo-signature": hmac.digest(SECRET.encode(), body, "sha256").hex()}


def receive(request: Request, context: Context) -> Delivery | Refusal:
    """Signed, or with the token in the address."""
    signature = request.headers.get("x-demo-signature")
    if request.token:
        if not hmac.compare_digest(request.token, SECRET):
            return Refusal(401, "token")
    elif signature is None:
        return Refusal(401, "missing_header")
    elif not hmac.compare_digest(signature, sign(request.body)["x-demo-signature"]):
        return Refusal(401, "signature")
    mapped = map_payload(request.body, context)
    return Delivery(mapped, b"{}", replay_key=signature, wake="w1" if b'"wake"' in request.body else None)


def map_payload(payload: bytes, context: Context) -> list[Mapped]:
    """One JSON object: the content of an event, or a submission of a form."""
    try:
        said = orjson.loads(payload)
        email = said.pop("email", "")
        if said.get("break"):
            raise RuntimeError("a fault of ours")
    except (orjson.JSONDecodeError, AttributeError):
        return [Rejection(Reason.UNREADABLE, "body: not a JSON object")]
    person = person_of("demo", email, "", context.secret) or {}
    if said.get("type") == "form":
        return [FormRegistration("demo", said["form"], said["submission"], context.received_at, dict(person))]
    return [mapped_event({**said, **person}, context, "demo")]


DEMO = Connector(
    name="demo",
    title="Demo",
    capabilities=("live", "leaves", "persons", "seconds"),
    cannot="It is the tests' own.",
    configured=lambda: None,
    map_payload=map_payload,
    receive=receive,
)


if __name__ == "__main__":
    log_to_stderr("webhooks")
    serve([DEMO], connector_settings(), webhook_settings())
