"""docs/contract.md, "A dead letter is": every reason, the edges of the times, strict types, unknown fields.

The files of tests/examples go through the same decoder in tests/examples/test_examples.py.
"""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.decode import DeadLetter, Reason, decode
from contract.events import Event, Joined, Registration, Summary, Webinar
from contract.instants import DAY, FIRST_INSTANT, format_instant
from contract.topics import ATTENDANCE, EVENT_TOPICS, REGISTRATIONS, TOPIC_OF_TYPE, WEBINARS, Topic
from tests.contract_events import at, attendance, identity, moment, p, registration, webinar

RECEIVED_AT = at(10_000)
SECRET = "jane.doe@example.org"


LATER = RECEIVED_AT + 100 * DAY


def read(event: dict[str, Any]) -> Event | DeadLetter:
    """The event received, and its record written, at RECEIVED_AT."""
    value = orjson.dumps(event | {"received_at": format_instant(RECEIVED_AT)})
    return decode(value, TOPIC_OF_TYPE[event["type"]], RECEIVED_AT)


def reason(event: dict[str, Any], topic: Topic) -> Reason:
    letter = decode(orjson.dumps(event), topic, LATER)
    assert isinstance(letter, DeadLetter), letter
    return letter.reason


def raw(event: dict[str, Any], extra: bytes) -> bytes:
    """The event as JSON, with more fields in their own spelling."""
    return orjson.dumps(event)[:-1] + b"," + extra + b"}"


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"\x00",
        b"{",
        b"nonsense",
        b"{} {}",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        raw(registration(1), b'"note":"\xff"'),
        raw(registration(1), b'"note":"\\ud800"'),
    ],
)
def test_what_is_not_json_is_a_dead_letter(value: bytes | None) -> None:
    letter = decode(value, REGISTRATIONS, RECEIVED_AT)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == Reason.NOT_JSON


def test_a_record_of_a_million_bytes_is_read_and_one_of_a_byte_more_is_not() -> None:
    event = orjson.dumps(registration(1))
    for more, read_ in ((0, True), (1, False)):
        letter = decode(event + b" " * (1_000_000 + more - len(event)), REGISTRATIONS, LATER)
        assert isinstance(letter, DeadLetter) != read_


@pytest.mark.parametrize(
    "event",
    [
        webinar(authority=3),
        webinar(authority=True),
        webinar(authority=1.0),
        webinar() | {"schema_version": 2},
        webinar() | {"schema_version": True},
        webinar() | {"schema_version": 1.0},
        registration(1, domain_id="example.com"),
    ],
)
def test_types_are_strict_and_forms_are_held(event: dict[str, Any]) -> None:
    assert reason(event, TOPIC_OF_TYPE[event["type"]]) == Reason.WRONG_FORM


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e999", b"9" * 400])
@pytest.mark.parametrize("event", [registration(1), webinar(title="x"), attendance(1, "joined", 1)])
def test_a_number_that_json_cannot_hold_is_not_json(event: dict[str, Any], number: bytes) -> None:
    value = raw(event, b'"note":' + number)
    letter = decode(value, TOPIC_OF_TYPE[event["type"]], LATER)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == Reason.NOT_JSON


@pytest.mark.parametrize(
    "event",
    [
        webinar() | {"type": "meeting"},
        webinar() | {"type": "Webinar"},
        webinar(status="postponed"),
        webinar(format="hybrid"),
        registration(1, status="maybe"),
        registration(1, role="guest"),
        attendance(1, "waved", 1),
    ],
)
def test_an_unknown_value_is_a_dead_letter(event: dict[str, Any]) -> None:
    assert reason(event, TOPIC_OF_TYPE.get(event["type"], WEBINARS)) == Reason.UNKNOWN_VALUE


@pytest.mark.parametrize("topic", EVENT_TOPICS)
@pytest.mark.parametrize("event", [webinar(), registration(1), attendance(1, "joined", 1), identity(1, 1)])
def test_an_event_is_read_on_its_own_topic_only(event: dict[str, Any], topic: Topic) -> None:
    letter = decode(orjson.dumps(event), topic, LATER)
    if TOPIC_OF_TYPE[event["type"]] == topic:
        assert not isinstance(letter, DeadLetter)
    else:
        assert isinstance(letter, DeadLetter)
        assert letter.reason == Reason.UNKNOWN_VALUE
        assert topic.name in letter.detail


@pytest.mark.parametrize(
    "event",
    [
        webinar(),
        registration(1),
        identity(1, 1),
        *(attendance(1, kind, 1) for kind in ("joined", "left", "seen", "recording_viewed")),
        attendance(1, "summary", 1, total_seconds=5, reported_at=moment(2)),
    ],
    ids=lambda event: str(event.get("kind", event["type"])),
)
def test_each_mandatory_field_is_missed_and_a_null_is_no_value(event: dict[str, Any]) -> None:
    topic = TOPIC_OF_TYPE[event["type"]]
    for name in event:
        without = {other: said for other, said in event.items() if other != name}
        assert reason(without, topic) == Reason.MISSING_FIELD, name
        assert reason(event | {name: None}, topic) != Reason.TIME_OUT_OF_RANGE, name


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (webinar(), {"title": 5}),
        (webinar(), {"duration_seconds": "3600"}),
        (webinar(), {"duration_seconds": 3600.0}),
        (webinar(), {"duration_seconds": True}),
        (webinar(), {"duration_seconds": -1}),
        (webinar(), {"tells": "live"}),
        (webinar(), {"tells": [1]}),
        (webinar(), {"starts_at": "tomorrow"}),
        (webinar(), {"webinar_id": 9151}),
        (webinar(), {"webinar_id": ""}),
        (webinar(), {"event_id": ""}),
        (webinar(), {"platform": ""}),
        (registration(1), {"is_test": 1}),
        (registration(1), {"is_test": "true"}),
        (registration(1), {"source": "vk"}),
        (registration(1), {"source": {"utm_source": 7}}),
        (registration(1), {"person_id": "p_1"}),
        (registration(1), {"person_id": p(1).upper()}),
        (registration(1), {"person_id": p(1) + "\n"}),
        (registration(1), {"person_id": "x_" + "0" * 32}),
        (attendance(1, "joined", 1), {"session_id": ""}),
        (attendance(1, "joined", 1), {"session_id": None}),
        (attendance(1, "recording_viewed", 1), {"seconds": 1.5}),
        (identity(1, 1), {"person_id": p(1)}),
    ],
    ids=lambda value: str(value.get("type", value)),
)
def test_a_wrong_type_or_form_is_a_dead_letter(event: dict[str, Any], wrong: dict[str, Any]) -> None:
    letter = read(event | wrong)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == Reason.WRONG_FORM
    field, value = next(iter(wrong.items()))
    name = "utm_source" if isinstance(value, dict) else field
    assert letter.detail.startswith(f"{name}: ")


@pytest.mark.parametrize("value", [b"[]", b'"text"', b"5", b"null", b"true"])
def test_a_record_that_is_no_object_is_a_dead_letter(value: bytes) -> None:
    letter = decode(value, REGISTRATIONS, RECEIVED_AT)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == Reason.WRONG_FORM


@pytest.mark.parametrize("seconds", [2**63, 2**64, 10**30])
def test_an_integer_that_the_store_cannot_hold_is_a_wrong_form(seconds: int) -> None:
    for event in (webinar(), attendance(1, "summary", 1, reported_at=moment(2))):
        name = "duration_seconds" if event["type"] == "webinar" else "total_seconds"
        value = raw(event | {"received_at": format_instant(RECEIVED_AT)}, f'"{name}":{seconds}'.encode())
        letter = decode(value, TOPIC_OF_TYPE[event["type"]], RECEIVED_AT)
        assert isinstance(letter, DeadLetter)
        assert letter.reason == Reason.WRONG_FORM


@pytest.mark.parametrize("name", ["occurred_at", "started_at", "ended_at", "completed_at"])
def test_a_time_lies_between_2000_and_a_day_after_received_at(name: str) -> None:
    assert_bounds(webinar(title="x"), name, FIRST_INSTANT, RECEIVED_AT + DAY)


@pytest.mark.parametrize("name", ["occurred_at", "reported_at", "first_joined_at", "last_left_at"])
def test_the_times_of_a_summary_have_the_same_bounds(name: str) -> None:
    assert_bounds(attendance(1, "summary", 1, total_seconds=1, reported_at=moment(2)), name, FIRST_INSTANT)


@pytest.mark.parametrize("event", [registration(1), attendance(1, "joined", 1), identity(1, 1)])
def test_the_time_of_every_event_has_the_same_bounds(event: dict[str, Any]) -> None:
    assert_bounds(event, "occurred_at", FIRST_INSTANT)


def test_a_start_may_lie_three_years_ahead() -> None:
    assert_bounds(webinar(), "starts_at", FIRST_INSTANT, RECEIVED_AT + 1096 * DAY)


def assert_bounds(event: dict[str, Any], name: str, first: int, last: int = RECEIVED_AT + DAY) -> None:
    for instant in (first, last):
        assert not isinstance(read(event | {name: format_instant(instant)}), DeadLetter)
    for instant in (first - 1, last + 1):
        letter = read(event | {name: format_instant(instant)})
        assert isinstance(letter, DeadLetter)
        assert letter.reason == Reason.TIME_OUT_OF_RANGE
        assert letter.detail.startswith(f"{name}: ")


def test_received_at_lies_between_2000_and_a_day_after_the_record() -> None:
    event = webinar(title="x", occurred_at=format_instant(FIRST_INSTANT))
    for received_at, written_at, good in [
        (FIRST_INSTANT, FIRST_INSTANT, True),
        (FIRST_INSTANT - 1, FIRST_INSTANT, False),
        (RECEIVED_AT, RECEIVED_AT - DAY, True),
        (RECEIVED_AT, RECEIVED_AT - DAY - 1, False),
        (RECEIVED_AT, RECEIVED_AT + 3000 * DAY, True),
    ]:
        value = orjson.dumps(event | {"received_at": format_instant(received_at)})
        letter = decode(value, WEBINARS, written_at)
        assert isinstance(letter, Webinar) == good
        if isinstance(letter, DeadLetter):
            assert letter.reason == Reason.TIME_OUT_OF_RANGE
            assert letter.detail.startswith("received_at: ")


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(st.none() | st.booleans() | st.text() | st.integers(), st.lists, max_leaves=5),
        max_size=5,
    )
)
def test_unknown_fields_are_ignored(unknown: dict[str, Any]) -> None:
    event = attendance(1, "joined", 1, event_id="e1")
    value = orjson.dumps({f"x-{name}": said for name, said in unknown.items() if _fits(said)} | event)
    assert decode(value, ATTENDANCE, LATER) == decode(orjson.dumps(event), ATTENDANCE, LATER)


def _fits(said: Any) -> bool:
    return all(map(_fits, said)) if isinstance(said, list) else not isinstance(said, int) or abs(said) < 2**63


def test_null_says_nothing() -> None:
    with_nulls = read(registration(1, event_id="e1", source=None, role=None, country=None, is_test=None))
    assert with_nulls == read(registration(1, event_id="e1"))


def test_each_kind_becomes_its_own_event() -> None:
    assert isinstance(read(registration(1)), Registration)
    assert isinstance(read(attendance(1, "joined", 1)), Joined)
    assert isinstance(read(attendance(1, "summary", 1, total_seconds=0, reported_at=moment(2))), Summary)


@pytest.mark.parametrize("event", [webinar(), registration(1), attendance(1, "joined", 1), identity(1, 1)])
@pytest.mark.parametrize("content", [SECRET, [SECRET], {SECRET: SECRET}, f'"{SECRET}'])
def test_the_detail_never_holds_the_content_of_a_field(event: dict[str, Any], content: Any) -> None:
    topic = TOPIC_OF_TYPE[event["type"]]
    for name in [*event, "source", "tells", "starts_at", "is_test", "role"]:
        letter = decode(orjson.dumps(event | {name: content}), topic, LATER)
        assert not isinstance(letter, DeadLetter) or SECRET not in letter.detail
    cut_off = decode(orjson.dumps(event | {"note": content})[:-1], topic, RECEIVED_AT)
    assert isinstance(cut_off, DeadLetter)
    assert SECRET not in cut_off.detail


@given(st.sampled_from(EVENT_TOPICS), st.binary(max_size=60))
def test_no_bytes_raise(topic: Topic, value: bytes) -> None:
    assert isinstance(decode(value, topic, RECEIVED_AT), DeadLetter)


def test_a_record_over_the_limit_is_a_dead_letter() -> None:
    fits = registration(1) | {"note": "x" * 990_000, "received_at": format_instant(RECEIVED_AT)}
    assert isinstance(decode(orjson.dumps(fits), REGISTRATIONS, RECEIVED_AT), Registration)
    letter = decode(orjson.dumps(fits | {"note": "x" * 10_000_000}), REGISTRATIONS, RECEIVED_AT)
    assert letter == DeadLetter(Reason.WRONG_FORM, "record: over 1,000,000 bytes")
    letter = decode(orjson.dumps(fits | {"person_id": "x" * 900_000, "note": ""}), REGISTRATIONS, RECEIVED_AT)
    assert isinstance(letter, DeadLetter)
    assert len(letter.detail) < 500
