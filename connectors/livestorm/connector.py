"""What Livestorm's package offers to the webhook server and the command line."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from connectors.connector import Connector
from connectors.livestorm.client import open_client
from connectors.livestorm.mapping import map_payload
from connectors.livestorm.poll import LivestormPoll
from connectors.livestorm.sessions import CAPABILITIES, SERVICE
from connectors.livestorm.settings import ASKS, rest_settings, webhook_settings
from connectors.livestorm.webhook import receive, trial
from connectors.mapped import Context
from connectors.poll import Poll
from connectors.settings import SettingsError, connector_settings
from connectors.webhook import Delivery, Refusal, Request, Trial
from contract.instants import DAY, SECOND


def _configured() -> None:
    """Webhooks or the API: one of the two is enough."""
    try:
        webhook_settings()
    except SettingsError as missing:
        try:
            rest_settings()
        except SettingsError:
            raise missing from None


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    settings = webhook_settings()
    return receive(request, context, settings.secret.get_secret_value(), settings.fresh_seconds)


def _trials(at: int) -> Sequence[Trial]:
    return [trial(webhook_settings().secret.get_secret_value(), at)]


@contextmanager
def _open_poll() -> Iterator[Poll]:
    settings = rest_settings()
    secret = connector_settings().hash_secret.get_secret_value()
    with open_client(settings) as client:
        yield LivestormPoll(client, secret, settings.poll_minutes, settings.settle_minutes)


def _check() -> str:
    now = int(time.time() * SECOND)
    with open_client(rest_settings()) as client:
        planned = len(client.sessions(now, now + 30 * DAY).rows)
    return f"Livestorm: the token may read, {planned:,} sessions in the next 30 days"


CONNECTOR = Connector(
    name=SERVICE,
    title="Livestorm",
    capabilities=CAPABILITIES,
    cannot="It cannot report who is in the room while it runs, nor when somebody came and left: only after the end, "
    "how long they stayed; nor how long a recording was watched.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
    open_poll=_open_poll,
    check=_check,
    asks=ASKS,
    trials=_trials,
)
