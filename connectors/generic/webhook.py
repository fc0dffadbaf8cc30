"""A delivery of a described form service: believed by its token or its signature. Pure."""

import re

from connectors.generic.describe import Description, Signature, Token
from connectors.generic.mapping import map_described
from connectors.mapped import Context
from connectors.signing import hmac_text, same, signed
from connectors.webhook import Delivery, Refusal, Request

_NAME_AND_TOKEN = re.compile(r"[./]")
"""No name holds either; the server may hand on one part of the path, or all that follows."""


def name_of(request: Request) -> tuple[str, str]:
    """Which form service it says it is, and the token: `…/generic/<name>.<token>`, or `…/generic/<name>?token=…`."""
    name, *token = _NAME_AND_TOKEN.split(request.token, maxsplit=1)
    return name, token[0] if token else request.query.get("token", "")


def receive(request: Request, context: Context, name: str, description: Description, secret: str) -> Delivery | Refusal:
    """`secret`: the token, or what the service signs with."""
    refusal = _refusal(request, description.protection, secret)
    return refusal or Delivery(map_described(request.body, name, description, context))


def _refusal(request: Request, protection: Token | Signature, secret: str) -> Refusal | None:
    if isinstance(protection, Token) and protection.place == "address":
        return None if same(name_of(request)[1], secret) else Refusal(401, "token")
    given = request.headers.get(protection.header.lower(), "").strip()
    if not given:
        return Refusal(401, "missing_header")
    if isinstance(protection, Token):
        return None if same(given.removeprefix("Bearer ").strip(), secret) else Refusal(401, "token")

    def expected() -> str:
        return protection.prefix + hmac_text(secret, request.body, protection.algorithm, protection.encoding)

    return None if signed(given, secret, expected) else Refusal(401, "signature")
