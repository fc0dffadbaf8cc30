"""A delivery of Tilda: authenticated by the token in its address, since Tilda signs nothing. Pure."""

from connectors.mapped import Context
from connectors.tilda.mapping import map_form
from connectors.toolkit.signing import same
from connectors.webhook import Delivery, Refusal, Request


def receive(request: Request, context: Context, token: str) -> Delivery | Refusal:
    """The token is in the path, or in the query as `token`. Tilda's test request is accepted and gives no event."""
    if not same(request.token or request.query.get("token", ""), token):
        return Refusal(401, "token")
    return Delivery(map_form(request.body, request.query, context), b"ok", "text/plain")
