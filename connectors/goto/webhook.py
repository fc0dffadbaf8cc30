"""A delivery of GoTo Webinar: authenticated by the token in its address; GoTo does not publish how it signs. Pure."""

from connectors.goto.mapping import map_payload, wakes
from connectors.mapped import Context
from connectors.toolkit.body import read_json
from connectors.toolkit.signing import same
from connectors.webhook import Delivery, Refusal, Request


def receive(request: Request, context: Context, token: str) -> Delivery | Refusal:
    """Accepts or refuses the delivery. A repeated one has the same event_id, so it may be accepted again."""
    if not same(request.token, token):
        return Refusal(401, "token")
    return Delivery(map_payload(request.body, context), wake=wakes(read_json(request.body) or {}))
