"""What Livestorm's package offers to the webhook server and the command line."""

from connectors.connector import Connector
from connectors.livestorm.mapping import map_payload
from connectors.livestorm.sessions import SERVICE, TELLS
from connectors.livestorm.settings import livestorm_settings
from connectors.livestorm.webhook import receive
from connectors.mapped import Context
from connectors.webhook import Delivery, Refusal, Request


def _configured() -> None:
    livestorm_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    settings = livestorm_settings()
    return receive(request, context, settings.secret.get_secret_value(), settings.fresh_seconds)


CONNECTOR = Connector(
    name=SERVICE,
    title="Livestorm",
    tells=TELLS,
    cannot="It cannot tell who is in the room while it runs, nor when somebody came and left: only after the end, how "
    "long they stayed; nor how long a recording was watched.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
)
