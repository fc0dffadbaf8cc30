"""An account with one webinar that has ended, one that is on and one that is ahead, and a poll of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from connectors.bigmarker.client import BigMarker
from connectors.bigmarker.poll import BigMarkerPoll
from connectors.bigmarker.settings import BigMarkerSettings
from connectors.toolkit.io.http import Http
from contract.instants import parse_instant
from tests.connectors.bigmarker.fake import KEY, FakeBigMarker, rows_of

SECRET = "a secret of the tests"
NOW = parse_instant("2026-11-24T18:30:00Z")
PAST, LIVE, UPCOMING = "a1b2c3d4e5f6", "0f1e2d3c4b5a", "482913756021"


def account(**behaviour: Any) -> FakeBigMarker:
    """The account of the named payloads."""
    return FakeBigMarker(
        lists={
            ("conferences_search", ""): rows_of("conferences_search"),
            ("conferences_future", ""): rows_of("conferences_future"),
            ("registrations_with_fields", PAST): rows_of("registrations_with_fields"),
            ("registrations", PAST): rows_of("registrations"),
            ("attendees", PAST): rows_of("attendees"),
            ("recording_views", PAST): rows_of("recording_views"),
            ("on_demand_attendees", PAST): rows_of("on_demand_attendees"),
            ("registrations_with_fields", LIVE): rows_of("registrations_with_fields_live"),
            ("attendees", LIVE): rows_of("attendees_live"),
            ("registrations_with_fields", UPCOMING): [],
        },
        **behaviour,
    )


def settings_of(**values: Any) -> BigMarkerSettings:
    """Settings with small pages; nothing of this machine's environment file."""
    return BigMarkerSettings(_env_file=None, api_key=KEY, **({"page_size": 2, "fields_page_size": 2} | values))


@contextmanager
def client_of(
    url: str,
    *,
    headers: Callable[[], Mapping[str, str]] | None = None,
    sleep: Callable[[float], None] = lambda seconds: None,
    timeout_seconds: float = 10.0,
    tries: int = 4,
    page_size: int = 2,
) -> Iterator[BigMarker]:
    """A client that waits for nothing."""
    with Http(
        "BigMarker",
        url,
        headers=headers or {"API-KEY": KEY},
        requests_per_second=100_000.0,
        tries=tries,
        timeout_seconds=timeout_seconds,
        backoff_seconds=0.001,
        sleep=sleep,
    ) as http:
        yield BigMarker(http, page_size, page_size)


@contextmanager
def polling(url: str, settings: BigMarkerSettings | None = None, **how: Any) -> Iterator[BigMarkerPoll]:
    """A poll of the account at that address."""
    with client_of(url, **how) as client:
        yield BigMarkerPoll(client, settings or settings_of(), SECRET)
