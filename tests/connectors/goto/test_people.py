"""The API's intervals close what a join's message opened; the total counts only where an interval is missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from connectors.goto.people import attendee_events, joined_events, registrant_events
from connectors.goto.webinars import session_statement
from connectors.toolkit.body import read_json
from contract.events import Identity, Joined, Left, Registration, Summary, Webinar, encode
from contract.instants import DAY, parse_instant
from funnel.report import oracle
from tests.connectors.any_json import CONTEXT, bodies, sound
from tests.connectors.goto.account import attendee, registrant

LATER = replace(CONTEXT, received_at=CONTEXT.received_at + DAY)
ENDED_AT = parse_instant("2026-11-22T19:02:00Z")
FIRST, SECOND = ("2026-11-22T18:02:00Z", "2026-11-22T18:20:00Z"), ("2026-11-22T18:30:00Z", "2026-11-22T19:00:00Z")


def events_of(*intervals: tuple[str, str | None], seconds: int = 0) -> list[object]:
    return [*attendee_events("7", "15", attendee(1, *intervals, seconds=seconds), ENDED_AT, LATER)]


@pytest.mark.parametrize(("said", "kept"), [("Europe/Lisbon", "Europe/Lisbon"), ("Lisbon", None), (None, None)])
def test_a_registrants_time_zone_is_kept_where_it_is_one(said: object, kept: str | None) -> None:
    one = registrant_events("1", {**registrant(1), "timeZone": said}, None, LATER)[0]
    assert isinstance(one, Registration)
    assert one.timezone == kept


def test_each_interval_is_a_session_and_the_first_is_that_of_the_message() -> None:
    events = events_of(SECOND, FIRST)
    stays = [(one.session_id, one.kind, one.occurred_at) for one in events if isinstance(one, Joined | Left)]
    first, second = "15:8000000000000000001", f"15:8000000000000000001:{parse_instant(SECOND[0])}"
    assert stays == [
        (first, "joined", parse_instant(FIRST[0])),
        (first, "left", parse_instant(FIRST[1])),
        (second, "joined", parse_instant(SECOND[0])),
        (second, "left", parse_instant(SECOND[1])),
    ]
    assert not [one for one in events if isinstance(one, Summary)]
    message = {"sessionKey": 15, "webinarKey": 7, "registrantKey": 8_000_000_000_000_000_001, "joinTime": FIRST[0]}
    joined = joined_events(message, LATER)[0]
    assert isinstance(joined, Joined)
    assert joined.session_id == first


def test_a_missing_leave_or_a_missing_interval_is_mended_by_the_total() -> None:
    for events in (events_of((FIRST[0], None), seconds=1200), events_of(seconds=1200)):
        (summary,) = [one for one in events if isinstance(one, Summary)]
        assert (summary.total_seconds, summary.occurred_at) == (1200, ENDED_AT)


def test_a_registrant_of_the_api_is_the_one_of_the_message() -> None:
    said = registrant(1)
    by_message = registrant_events("7", {**said, "status": "Approved"}, LATER.received_at, LATER)
    by_api = registrant_events("7", said, None, LATER)
    assert by_message == by_api
    assert isinstance(by_api[0], Registration)


def test_a_join_that_nobody_closed_is_mended_by_the_poll() -> None:
    """By the rules of the numbers: 10 and 5 minutes, though the messages alone left the room open for 57."""
    session = {"webinarKey": "7", "startTime": "2026-11-22T18:00:00Z", "endTime": "2026-11-22T19:00:00Z"}
    stays = [("2026-11-22T18:02:00Z", "2026-11-22T18:12:00Z"), ("2026-11-22T18:30:00Z", "2026-11-22T18:35:00Z")]
    key = {"sessionKey": 15, "webinarKey": 7, "registrantKey": 8_000_000_000_000_000_001}
    # The messages' clock is a little later than the API's, and they come in any order.
    later, first = (joined_events({**key, "joinTime": f"2026-11-22T18:{at}.9Z"}, LATER) for at in ("30:00", "02:00"))
    by_messages = [session_statement(session, LATER), *later, *first]
    assert visits(by_messages) == (1, 1, 1)
    assert visits([*by_messages, *events_of(*stays)]) == (1, 1, 0)


def visits(events: Sequence[object]) -> tuple[int, int, int]:
    """Of any length, of 5 minutes, of 30 minutes; after the end."""
    records = [encode(one) for one in events if isinstance(one, Webinar | Joined | Left | Identity)]
    (row,) = oracle.numbers(records, datetime(2026, 11, 22, 20, tzinfo=UTC), oracle.Rules())
    return row["visits"], row["visits_5m"], row["visits_30m"]


@settings(max_examples=300, deadline=None)
@given(bodies(attendee(1, FIRST, SECOND), registrant(1)))
def test_any_json_in_any_field_raises_nothing(body: bytes) -> None:
    row = read_json(body) or {}
    assert sound(attendee_events("7", "15", row, ENDED_AT, LATER))
    assert sound(registrant_events("7", row, None, LATER))
