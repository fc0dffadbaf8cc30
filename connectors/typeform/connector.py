"""What Typeform's package offers to the webhook server and the command line."""

from collections.abc import Sequence

from connectors.connector import Connector
from connectors.mapped import Context
from connectors.typeform.mapping import SERVICE, map_payload
from connectors.typeform.settings import ASKS, typeform_settings
from connectors.typeform.webhook import HEADER, receive, signature
from connectors.webhook import Delivery, Refusal, Request, Trial


def _configured() -> None:
    typeform_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, typeform_settings().secret.get_secret_value())


def _trials(_: int) -> Sequence[Trial]:
    body, secret = b'{"event_type": "form_view"}', typeform_settings().secret.get_secret_value()
    return [Trial(SERVICE, body, {"content-type": "application/json", HEADER: signature(body, secret)})]


CONNECTOR = Connector(
    name=SERVICE,
    title="Typeform",
    capabilities=None,
    cannot="It cannot report which webinar a registration is for (a rule says it), nor that somebody cancelled.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
    asks=ASKS,
    trials=_trials,
)
