"""What Tilda's package offers to the webhook server and the command line."""

from collections.abc import Sequence

from connectors.connector import Connector
from connectors.mapped import Context
from connectors.tilda.mapping import SERVICE, map_payload
from connectors.tilda.settings import ASKS, tilda_settings
from connectors.tilda.webhook import receive
from connectors.webhook import Delivery, Refusal, Request, Trial


def _configured() -> None:
    tilda_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, tilda_settings().token.get_secret_value())


def _trials(_: int) -> Sequence[Trial]:
    # Tilda's own test of an address.
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return [Trial(f"{SERVICE}/{tilda_settings().token.get_secret_value()}", b"test=test", headers, expected=b"ok")]


CONNECTOR = Connector(
    name=SERVICE,
    title="Tilda",
    capabilities=None,
    cannot="It cannot report which webinar a registration is for (a rule says it), when the form was submitted other "
    "than by its arrival here, nor that somebody cancelled.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
    asks=ASKS,
    trials=_trials,
)
