"""docs/contract.md, the events: what connectors write is what workers read."""

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from contract.decode import dead_letter
from contract.events import (
    EVENT,
    Event,
    Identity,
    Joined,
    Left,
    RecordingViewed,
    Registration,
    Seen,
    Summary,
    Totals,
    Webinar,
    encode,
)
from contract.instants import parse_instant
from tests.contract_events import attendance, identity, moment, p, r, registration, totals, webinar
from tests.strategies import record, webinars

EXAMPLE = (
    b'{"type":"attendance","kind":"joined","event_id":"zoom:j:9151:1700000000000:u16778240","webinar_id":"zoom:9151",'
    b'"platform":"zoom","person_id":"p_5f0c2b7de1a94c1fb0d3a6e2f4b81c9d","session_id":"kQ3xT:u16778240",'
    b'"occurred_at":"2026-11-22T18:00:07.000Z","received_at":"2026-11-22T18:00:08.120Z","schema_version":1}'
)


def test_the_example_of_the_contract_is_an_event() -> None:
    event = EVENT.validate_json(EXAMPLE)
    assert isinstance(event, Joined)
    assert event.occurred_at == parse_instant("2026-11-22T18:00:07Z")
    assert event.received_at == event.occurred_at + 1120
    assert json.loads(encode(event)) == json.loads(EXAMPLE)


@given(webinars())
def test_every_event_survives_writing_and_reading(events: list[dict[str, Any]]) -> None:
    for said in events:
        event = EVENT.validate_json(record(said, "zoom:1"))
        assert EVENT.validate_json(encode(event)) == event


def test_totals_say_how_many_stayed_any_number_of_minutes_under_its_own_name() -> None:
    said = totals(visits=9, visits_5m=8, visits_10m=7, visits_90m=None, visits_10000m=6, visits_05m=5, visits_all=10)
    event = EVENT.validate_json(json.dumps(said))
    assert isinstance(event, Totals)
    assert event.stayed == {"visits_5m": 8, "visits_10m": 7}
    written = json.loads(encode(event))
    assert {name: written[name] for name in written if name.startswith("visits")} == {
        "visits_all": 10,
        "visits": 9,
        "visits_5m": 8,
        "visits_10m": 7,
    }
    assert "stayed" not in written


@pytest.mark.parametrize("wrong", [-1, 2.5, True, "7", 2**63])
def test_a_stay_that_is_no_count_is_named(wrong: object) -> None:
    with pytest.raises(ValidationError) as caught:
        EVENT.validate_json(json.dumps(totals(visits_10m=wrong)))
    assert dead_letter(caught.value).detail.startswith("visits_10m: ")


@pytest.mark.parametrize(
    ("said", "model"),
    [
        (webinar(), Webinar),
        (registration(1), Registration),
        (attendance(1, "joined", 1), Joined),
        (attendance(1, "left", 1), Left),
        (attendance(1, "seen", 1), Seen),
        (attendance(1, "summary", 1, total_seconds=0, reported_at=moment(1)), Summary),
        (attendance(1, "recording_viewed", 1), RecordingViewed),
        (identity(1, 1), Identity),
    ],
)
def test_type_and_kind_choose_the_model(said: dict[str, Any], model: type[Event]) -> None:
    assert type(EVENT.validate_json(json.dumps(said))) is model


def test_what_says_nothing_is_not_written() -> None:
    event = EVENT.validate_json(json.dumps(registration(1, source={"utm_source": "vk"}, role=None)))
    written = json.loads(encode(event))
    assert "role" not in written
    assert written["source"] == {"utm_source": "vk"}


def test_zero_and_the_empty_text_are_written() -> None:
    event = EVENT.validate_json(json.dumps(webinar(duration_seconds=0, title="", tells=[], authority=0)))
    written = json.loads(encode(event))
    assert (written["duration_seconds"], written["title"], written["tells"], written["authority"]) == (0, "", [], 0)


def test_times_are_written_in_utc() -> None:
    event = EVENT.validate_json(json.dumps(webinar(occurred_at="2026-11-22T23:30:00.1239+05:30")))
    assert json.loads(encode(event))["occurred_at"] == "2026-11-22T18:00:00.123Z"


def test_text_is_written_as_utf_8() -> None:
    event = EVENT.validate_json(json.dumps(webinar(title="Python с нуля 🎓")))
    assert "Python с нуля 🎓".encode() in encode(event)


@pytest.mark.parametrize(("person_id", "same_as"), [(p(1), p(2)), (r(1), r(2)), (p(1), r(1))])
def test_links_are_stars_from_registrants_to_emails(person_id: str, same_as: str) -> None:
    with pytest.raises(ValidationError):
        EVENT.validate_json(json.dumps(identity(1, 1) | {"person_id": person_id, "same_as": same_as}))
