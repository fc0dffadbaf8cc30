"""A delivery of Typeform: accepted only with its signature over the raw body. Pure."""

from connectors.mapped import Context
from connectors.toolkit.signing import hmac_text, signed
from connectors.typeform.mapping import map_payload
from connectors.webhook import Delivery, Refusal, Request

HEADER = "typeform-signature"


def receive(request: Request, context: Context, secret: str) -> Delivery | Refusal:
    """The signature covers no time, so an old delivery that is repeated is accepted: it has the same event_id."""
    given = request.headers.get(HEADER, "")
    if not given:
        return Refusal(401, "missing_header")
    if not signed(given, secret, lambda: signature(request.body, secret)):
        return Refusal(401, "signature")
    return Delivery(map_payload(request.body, context))


def signature(body: bytes, secret: str) -> str:
    """The value of the header `Typeform-Signature`."""
    return "sha256=" + hmac_text(secret, body, encoding="base64")
