"""What the Zoom connector offers to the command line and the webhook server."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from connectors.connector import Connector
from connectors.mapped import Context, Mapped
from connectors.poll import Poll
from connectors.settings import SettingsError
from connectors.webhook import Delivery, Refusal, Request, Trial
from connectors.zoom import poll
from connectors.zoom.client import open_client
from connectors.zoom.mapping import map_message, read_json
from connectors.zoom.payload import FieldError
from connectors.zoom.settings import ASKS, rest_settings, webhook_settings
from connectors.zoom.statement import CAPABILITIES
from connectors.zoom.webhook import receive, trial

_ANY_WEBINAR = "81234567890"
"""Any number shows whether the app may read something, even that of a webinar that does not exist."""


def _configured() -> None:
    """Webhooks or the REST API: one of the two is enough."""
    try:
        webhook_settings()
    except SettingsError as missing:
        try:
            rest_settings()
        except SettingsError:
            raise missing from None


def _map_payload(payload: bytes, context: Context) -> Sequence[Mapped]:
    """Maps one message of the webhook, or a list of them."""
    try:
        read = read_json(payload)
    except FieldError as error:
        return [error.rejection]
    messages = read if isinstance(read, list) else [read]
    return [one for message in messages for one in map_message(message, context).mapped]


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    settings = webhook_settings()
    return receive(request, context, settings.secret_token.get_secret_value(), settings.freshness_seconds)


def _trials(at: int) -> Sequence[Trial]:
    return [trial(webhook_settings().secret_token.get_secret_value(), at)]


def _open_poll() -> AbstractContextManager[Poll]:
    return poll.open_poll(rest_settings())


def _check() -> str:
    with open_client(rest_settings()) as client:
        account_id, users = client.me().get("account_id", ""), client.users()
        recordings, links = client.may_read_recordings(_ANY_WEBINAR), client.may_read_sources(_ANY_WEBINAR)
    said = f"Zoom account {account_id}: the app may read {len(users):,} users"
    if recordings and links:
        return f"{said}, tracked links, and who watched recordings"
    missing = ((recordings, poll.NO_RECORDINGS), (links, poll.NO_SOURCES))
    return " ".join([f"{said}.", *(line for may_read, line in missing if not may_read)])


CONNECTOR = Connector(
    name="zoom",
    title="Zoom Webinars",
    capabilities=CAPABILITIES,
    cannot=(
        "It cannot report who watched the recording, unless the app may read it; the emails of guests who registered "
        "without one; cancelled registrations, except by webhook."
    ),
    configured=_configured,
    map_payload=_map_payload,
    receive=_receive,
    open_poll=_open_poll,
    check=_check,
    asks=ASKS,
    trials=_trials,
)
