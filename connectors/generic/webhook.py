"""A delivery of a described form service: authenticated by its token or its signature. Pure."""

import re

from connectors.generic import signature
from connectors.generic.describe import Challenge, Description, Token
from connectors.generic.mapping import map_described
from connectors.mapped import Context
from connectors.toolkit.signing import same
from connectors.webhook import Delivery, Refusal, Request

_NAME_AND_TOKEN = re.compile(r"[./]")
"""No name contains either; the server may pass one part of the path, or all that follows."""
_CHALLENGE = re.compile(r"[\w.~-]{1,200}", re.ASCII)


def name_of(request: Request) -> tuple[str, str]:
    """The form service that it names, and the token: `…/generic/<name>.<token>`, or `…/generic/<name>?token=…`."""
    name, *token = _NAME_AND_TOKEN.split(request.token, maxsplit=1)
    return name, token[0] if token else request.query.get("token", "")


def receive(request: Request, context: Context, name: str, description: Description, secret: str) -> Delivery | Refusal:
    """Accepts or refuses the delivery. `secret`: the token, or the secret that the service signs with."""
    if request.method == "GET":
        return _tried(request, description.challenge, secret)
    protection = description.protection
    if isinstance(protection, Token):
        refusal, key = _refusal(request, protection, secret), None
    else:
        refusal = signature.refusal_of(request, protection, secret)
        key = signature.replay_key(request, protection, name)
    return refusal or Delivery(map_described(request.body, name, description, context), replay_key=key)


def _refusal(request: Request, protection: Token, secret: str) -> Refusal | None:
    if protection.place == "address":
        return None if same(name_of(request)[1], secret) else Refusal(401, "token")
    given = request.headers.get(protection.header.lower(), "").strip()
    if not given:
        return Refusal(401, "missing_header")
    return None if same(given.removeprefix("Bearer ").strip(), secret) else Refusal(401, "token")


def _tried(request: Request, challenge: Challenge | None, secret: str) -> Delivery | Refusal:
    """The service, or a person, checks whether the address answers: a GET delivers nothing."""
    own = request.query.get(challenge.token, "") if challenge is not None and challenge.token is not None else ""
    if not same(own, secret) and not same(name_of(request)[1], secret):
        return Refusal(401, "token")
    answer = request.query.get(challenge.answer, "") if challenge is not None else ""
    if answer and not _CHALLENGE.fullmatch(answer):
        return Refusal(400, "unreadable")
    return Delivery([], answer.encode() or b"ok", "text/plain")
