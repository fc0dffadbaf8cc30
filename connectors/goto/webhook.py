"""A delivery of GoTo Webinar: believed by the token in its address; how GoTo signs is not published. Pure."""

from connectors.goto.mapping import map_payload, wakes
from connectors.mapped import Context
from connectors.toolkit.body import read_json
from connectors.toolkit.signing import same
from connectors.webhook import Delivery, Refusal, Request


def receive(request: Request, context: Context, token: str) -> Delivery | Refusal:
    """A repeated delivery has the same event_id, so it may be believed again."""
    if not same(request.token, token):
        return Refusal(401, "token")
    return Delivery(map_payload(request.body, context), wake=wakes(read_json(request.body) or {}))
