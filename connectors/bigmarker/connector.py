"""BigMarker as a connector: what it can report, and how its data comes in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from connectors.bigmarker.client import BigMarker
from connectors.bigmarker.conference import CAPABILITIES
from connectors.bigmarker.mapping import map_payload
from connectors.bigmarker.poll import BigMarkerPoll
from connectors.bigmarker.settings import ASKS, BigMarkerSettings, bigmarker_settings, webhook_token
from connectors.bigmarker.webhook import receive
from connectors.connector import Connector
from connectors.mapped import Context
from connectors.poll import Poll
from connectors.settings import connector_settings
from connectors.toolkit.io.http import Http
from connectors.webhook import Delivery, Refusal, Request, Trial


def open_http(settings: BigMarkerSettings) -> Http:
    """BigMarker's API, authenticated with the key."""
    return Http(
        "BigMarker",
        settings.base_url,
        headers={"API-KEY": settings.api_key.get_secret_value(), "Accept": "application/json"},
        requests_per_second=settings.requests_per_second,
    )


def _client(http: Http, settings: BigMarkerSettings) -> BigMarker:
    return BigMarker(http, settings.page_size, settings.fields_page_size)


@contextmanager
def _open_poll() -> Iterator[Poll]:
    settings = bigmarker_settings()
    secret = connector_settings().hash_secret.get_secret_value()
    with open_http(settings) as http:
        yield BigMarkerPoll(_client(http, settings), settings, secret)


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, webhook_token(bigmarker_settings()))


def _trials(_: int) -> Sequence[Trial]:
    return [Trial(f"bigmarker/{webhook_token(bigmarker_settings())}", b"{}", {"content-type": "application/json"})]


def _check() -> str:
    settings = bigmarker_settings()
    with open_http(settings) as http:
        upcoming = _client(http, settings).upcoming()
    ahead = "upcoming webinars: " + ("not said" if upcoming is None else f"{upcoming:,}")
    return f"BigMarker at {settings.base_url} accepts the key; {ahead}."


def _configured() -> None:
    bigmarker_settings()
    connector_settings()


CONNECTOR = Connector(
    name="bigmarker",
    title="BigMarker",
    capabilities=CAPABILITIES,
    cannot=(
        "It reports one total of watch time per person, without joins and leaves: so no curve by minute, and parallel "
        "devices are summed; no actual start; no cancelled registrations."
    ),
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
    open_poll=_open_poll,
    check=_check,
    asks=ASKS,
    trials=_trials,
)
