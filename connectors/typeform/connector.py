"""What Typeform's package offers to the webhook server and the command line."""

from connectors.connector import Connector
from connectors.mapped import Context
from connectors.typeform.mapping import SERVICE, map_payload
from connectors.typeform.settings import typeform_settings
from connectors.typeform.webhook import receive
from connectors.webhook import Delivery, Refusal, Request


def _configured() -> None:
    typeform_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, typeform_settings().secret.get_secret_value())


CONNECTOR = Connector(
    name=SERVICE,
    title="Typeform",
    capabilities=None,
    cannot="It cannot report which webinar a registration is for (a rule says it), nor that somebody cancelled.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
)
