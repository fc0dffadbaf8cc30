"""Payloads alone, as `funnel map` reads them; and that nothing in any field raises."""

import json
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bigmarker.conference import Conference, completed_event, conference_of, totals_event, webinar_event
from connectors.bigmarker.mapping import map_payload
from connectors.bigmarker.people import attendee_events, registration_events, view_events
from connectors.mapped import Context, FormRegistration, Reason, Rejection
from contract.decode import decode
from contract.events import encode
from contract.topics import MAX_RECORD_BYTES, TOPIC_OF_TYPE
from tests.connectors.bigmarker.fake import PAYLOADS, rows_of
from tests.connectors.bigmarker.world import NOW, SECRET

CONTEXT = Context(SECRET, NOW)


def kinds(body: bytes) -> Counter[str]:
    return Counter(
        one.reason if isinstance(one, Rejection) else getattr(one, "kind", getattr(one, "type", ""))
        for one in map_payload(body, CONTEXT)
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conferences_search", {"webinar": 2, "totals": 2}),
        ("conferences_future", {"webinar": 2, "totals": 2}),
        ("registrations_with_fields", {"registration": 5, "identity": 5}),
        ("registrations", {"registration": 5, "identity": 5}),
        ("attendees", {"summary": 4}),
        ("recording_views", {"missing_field": 2}),
        ("on_demand_attendees", {"missing_field": 2}),
        ("webhook_registration", {"missing_field": 1}),
        ("conference_not_found", {"unknown_kind": 1}),
    ],
)
def test_every_answer_is_told_by_its_shape(name: str, expected: dict[str, int]) -> None:
    """Rows that do not say their conference are rejected for that: the poll knows it, a file does not."""
    assert kinds((PAYLOADS / f"{name}.json").read_bytes()) == expected


def test_rows_that_say_their_conference_become_events() -> None:
    for name, key in (("recording_views", "recording_views"), ("on_demand_attendees", "attendees")):
        rows = [row | {"conference_id": "a1b2c3d4e5f6"} for row in rows_of(name)]
        assert kinds(json.dumps({key: rows}).encode()) == {"recording_viewed": 2}


def test_one_conference_alone() -> None:
    assert kinds(json.dumps(rows_of("conferences_search")[0]).encode()) == {"webinar": 1, "totals": 1}


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'{"a":', b"[" * 100_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    assert [one.reason for one in map_payload(body, CONTEXT) if isinstance(one, Rejection)] == [Reason.UNREADABLE]


def test_the_longest_texts_fit_into_a_record() -> None:
    row = {name: "\U0001f600" * 20_000 if isinstance(value, str) else value for name, value in past().items()}
    row |= {"id": "a1", "tags": ["\U0001f600" * 600 + str(number) for number in range(5_000)], "start_time": None}
    events = [
        one for one in map_payload(orjson.dumps({"conferences": [row]}), CONTEXT) if not isinstance(one, Rejection)
    ]
    assert events
    for event in events:
        assert not isinstance(event, FormRegistration)
        assert len(encode(event)) < MAX_RECORD_BYTES


def past() -> dict[str, Any]:
    row: dict[str, Any] = rows_of("conferences_search")[0]
    return row


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Cc", "L"]), max_size=5)
    | st.sampled_from(["2026-11-23T18:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "01:05:10"])
    | st.sampled_from(["x@example.com", "\ud800@example.com", "bm0001", "1e999", "９", "2026-11-23 18:00 XYZ"])
)
any_json = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
ROWS = [
    *((past(), name) for name in ("conference",)),
    (rows_of("registrations_with_fields")[0], "registration"),
    (rows_of("attendees")[0], "attendee"),
    (rows_of("recording_views")[0], "view"),
    (rows_of("on_demand_attendees")[0], "view"),
]


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Any, str]:
    """A row with any JSON in some of its fields, or in the fields of its fields."""
    row, kind = draw(st.sampled_from(ROWS))
    names = draw(st.lists(st.sampled_from(sorted(row)), max_size=4))
    changed = dict(row)
    for name in names:
        inner = row[name]
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            changed[name] = inner | {draw(st.sampled_from(sorted(inner))): draw(any_json)}
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict) and draw(st.booleans()):
            changed[name] = [inner[0] | {draw(st.sampled_from(sorted(inner[0]))): draw(any_json)}]
        else:
            changed[name] = draw(any_json)
    return (draw(any_json) if draw(st.integers(0, 20)) == 0 else changed), kind


def mapped(row: Any, kind: str) -> list[Any]:
    if kind == "conference":
        conference = conference_of(row, SECRET)
        if isinstance(conference, Rejection):
            return [conference]
        events = [webinar_event(conference, NOW, CONTEXT), completed_event(conference, NOW, CONTEXT)]
        totals = totals_event(conference, NOW, CONTEXT)
        return [*conference.rejections, *events, *([] if totals is None else [totals])]
    conference = conference_of(past(), SECRET)
    assert isinstance(conference, Conference)
    if kind == "registration":
        return [*registration_events(row, conference, CONTEXT, "fields")]
    return [*(attendee_events if kind == "attendee" else view_events)(row, conference, CONTEXT)]


@given(spoiled())
def test_any_json_in_any_field_gives_events_or_rejections(spoiled: tuple[Any, str]) -> None:
    for one in mapped(*spoiled):
        if isinstance(one, Rejection):
            assert one.detail
        else:
            # The workers take whatever is published.
            assert decode(encode(one), TOPIC_OF_TYPE[one.type], NOW) == one


@given(spoiled())
def test_any_json_in_any_field_of_a_payload_gives_events_or_rejections(spoiled: tuple[Any, str]) -> None:
    row, kind = spoiled
    key = {"conference": "conferences", "registration": "registrations", "attendee": "attendees"}.get(
        kind, "recording_views"
    )
    for payload in ({key: [row]}, row, {"registration": row, "conference_id": "a1"}):
        assert all(one is not None for one in map_payload(json.dumps(payload).encode(), CONTEXT))


@given(st.binary() | any_json.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_events_or_rejections(body: bytes) -> None:
    assert all(one is not None for one in map_payload(body, CONTEXT))
