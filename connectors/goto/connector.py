"""What GoTo Webinar's package offers to the webhook server and the command line."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from connectors.connector import Connector
from connectors.goto.client import GotoClient
from connectors.goto.mapping import map_payload
from connectors.goto.poll import GotoPoll
from connectors.goto.settings import ASKS, goto_settings
from connectors.goto.tokens import Tokens, client_headers
from connectors.goto.webhook import receive
from connectors.goto.webinars import CAPABILITIES, SERVICE
from connectors.mapped import Context
from connectors.poll import Poll
from connectors.settings import connector_settings
from connectors.toolkit.io.http import Http
from connectors.webhook import Delivery, Refusal, Request, Trial
from contract.instants import DAY, SECOND

_TITLE = "GoTo Webinar"


def _configured() -> None:
    goto_settings()


def _receive(request: Request, context: Context) -> Delivery | Refusal:
    return receive(request, context, goto_settings().webhook_token.get_secret_value())


def _trials(_: int) -> Sequence[Trial]:
    token = goto_settings().webhook_token.get_secret_value()
    said_nothing = b'{"eventName": "survey.submitted"}'
    return [Trial(f"goto/{token}", said_nothing, {"content-type": "application/json"})]


@contextmanager
def _open_client() -> Iterator[GotoClient]:
    settings = goto_settings()
    client = client_headers(settings.client_id, settings.client_secret.get_secret_value())
    kept_in = connector_settings().data_dir / "goto" / "refresh-token.json"
    with Http(_TITLE, settings.auth_url, headers=client) as auth:
        tokens = Tokens(auth, settings.refresh_token.get_secret_value(), kept_in)
        with Http(
            _TITLE, settings.base_url, headers=tokens.headers, requests_per_second=settings.requests_per_second
        ) as http:
            yield GotoClient(http, settings.organizer_key, tokens.forget)


@contextmanager
def _open_poll() -> Iterator[Poll]:
    secret = connector_settings().hash_secret.get_secret_value()
    with _open_client() as client:
        yield GotoPoll(client, secret, goto_settings().settle_minutes)


def _check() -> str:
    now = int(time.time() * SECOND)
    with _open_client() as client:
        planned = sum(1 for _ in client.webinars(now, now + 30 * DAY))
    return f"{_TITLE}: organizer {goto_settings().organizer_key}, {planned} webinars in the next 30 days"


CONNECTOR = Connector(
    name=SERVICE,
    title=_TITLE,
    capabilities=CAPABILITIES,
    cannot="While a webinar runs, it cannot report that somebody has left (the poll after the end adds it), nor that "
    "it has begun; nor who watched the recording. The days of one sequence count as one webinar.",
    configured=_configured,
    map_payload=map_payload,
    receive=_receive,
    open_poll=_open_poll,
    check=_check,
    asks=ASKS,
    trials=_trials,
)
