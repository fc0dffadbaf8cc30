"""What Tilda's package offers to the webhook server and the command line."""

from connectors.connector import Connector
from connectors.mapped import Context
from connectors.tilda.mapping import SERVICE, map_payload
from connectors.tilda.settings import tilda_settings
from connectors.tilda.webhook import receive
from connectors.webhook import Delivery, Refusal, Request


def _configured() -> None:
    tilda_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, tilda_settings().token.get_secret_value())


CONNECTOR = Connector(
    name=SERVICE,
    title="Tilda",
    capabilities=None,
    cannot="It cannot report which webinar a registration is for (a rule says it), when the form was submitted other "
    "than by its arrival here, nor that somebody cancelled.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
)
