"""Whatever stands on a topic, the stream goes on: a dead letter for it, and the right numbers for all the rest."""

import base64
from collections import Counter
from typing import Any

import orjson
import pytest

from connectors.pipeline.publish import PublishError
from contract.topics import ATTENDANCE, IDENTITIES, MAX_RECORD_BYTES, REGISTRATIONS, WEBINARS
from tests.contract_events import attendance, hour_long, identity, moment, registration, stay, webinar
from tests.e2e.stack import RawRecord, Stack
from tests.e2e.timing import at, moved, text
from tests.waiting import until

pytestmark = pytest.mark.kafka

_DAY = 24 * 60


def _with(event: dict[str, Any], fragment: str) -> bytes:
    """The event with one more field, said last."""
    return orjson.dumps(moved(event))[:-1] + b"," + fragment.encode() + b"}"


def _of_webinar(webinar_id: str) -> list[tuple[str, str, bytes | None]]:
    """(reason, topic, value) of records that are no events."""
    joined = attendance(50, "joined", 0, webinar_id)
    summary = attendance(51, "summary", 60, webinar_id, total_seconds=60, reported_at=moment(61))
    registered = registration(52, webinar_id=webinar_id)
    said = webinar(-600, webinar_id)
    linked = identity(53, 53, webinar_id=webinar_id)
    on, of, about, links = ATTENDANCE.name, REGISTRATIONS.name, WEBINARS.name, IDENTITIES.name
    return [
        ("not_json", on, b'{"type":"attendance",'),
        ("not_json", on, None),
        ("not_json", on, b""),
        ("not_json", on, orjson.dumps(moved(joined)).decode().encode("utf-16")),
        ("not_json", on, _with(joined, '"title":"?"').replace(b"?", b"\xff")),
        ("not_json", on, _with(joined, '"title":"\\ud800"')),
        ("not_json", on, b"\x00" * 100),
        ("not_json", on, b"[" * 500_000),
        ("not_json", on, _with(joined, '"more":' + "[" * 5_000 + "]" * 5_000)),
        ("not_json", on, b'{"type":"' + b"x" * 900_000),
        ("not_json", of, _with(registered, '"more":NaN')),
        ("not_json", of, _with(registered, '"source":{"more":NaN}')),
        ("not_json", of, _with(registered, '"more":1e400')),
        ("not_json", on, _with(summary, '"more":-Infinity')),
        ("not_json", about, _with(said, '"more":Infinity')),
        ("not_json", links, _with(linked, '"more":NaN')),
        ("not_json", on, _with(summary, f'"total_seconds":{"9" * 5_000}')),
        ("wrong_form", about, _with(said, f'"duration_seconds":{10**30}')),
        ("wrong_form", on, _with(summary, f'"total_seconds":{10**30}')),
        ("wrong_form", on, _with(summary, '"total_seconds":"60"')),
        ("wrong_form", on, _with(joined, '"session_id":1')),
        ("wrong_form", of, _with(registered, '"is_test":1')),
        ("wrong_form", of, _with(registered, '"person_id":"somebody@example.com"')),
        ("wrong_form", of, _with(registered, '"person_id":"p_' + "A" * 32 + '"')),
        ("wrong_form", on, _with(joined, '"occurred_at":"yesterday"')),
        ("wrong_form", on, b"[]"),
        ("time_out_of_range", on, _with(joined, '"occurred_at":"1999-12-31T23:59:59.999Z"')),
        ("time_out_of_range", on, _with(joined, f'"occurred_at":"{text(4 * _DAY)}"')),
        ("time_out_of_range", on, _with(joined, f'"received_at":"{text(4 * _DAY)}"')),
        ("time_out_of_range", about, _with(said, f'"starts_at":"{text(4 * 365 * _DAY)}"')),
        ("unknown_value", of, orjson.dumps(moved(joined))),
        ("wrong_form", on, _with(joined, '"schema_version":2')),
        ("unknown_value", on, _with(joined, '"kind":"arrived"')),
        ("missing_field", on, b"{}"),
    ]


@pytest.fixture
def dead(webinar_id: str) -> list[tuple[str, str, bytes | None]]:
    return _of_webinar(webinar_id)


def test_dead_letters_of_every_kind_stop_nothing(
    stack: Stack, webinar_id: str, dead: list[tuple[str, str, bytes | None]]
) -> None:
    key = webinar_id.encode()
    for number, (_, topic, value) in enumerate(dead):
        stack.publish_records([RawRecord(topic, key, value)])
        stack.publish(stay(number, 0, 40, webinar_id))
    stack.publish(hour_long(webinar_id))
    stack.wait_until_handled()

    row = stack.report(webinar_id, at(1000))
    assert (row["visits_30m"], row["visits_all"]) == (len(dead), len(dead))
    kept = [letter for letter in stack.letters() if letter["key"] == _base64(key)]
    assert Counter((one["reason"], one["topic"], one["value"]) for one in kept) == Counter(
        (reason, topic, _base64(value)) for reason, topic, value in dead
    )
    places = ("topic", "partition", "offset", "reason")
    in_table = stack.rows("SELECT topic, partition, offset, reason FROM dead_letters FINAL")
    on_topic = stack.letters()
    assert {tuple(one[name] for name in places) for one in in_table} == {
        tuple(one[name] for name in places) for one in on_topic
    }


def test_a_replayed_dead_letter_is_the_same_record(stack: Stack, webinar_id: str) -> None:
    """What was published too early, by a wrong clock, becomes an event once its bytes are published again."""
    value = orjson.dumps(moved(attendance(1, "joined", 0, webinar_id)))
    stack.publish_records([RawRecord(REGISTRATIONS.name, webinar_id.encode(), value)])
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000)) == {}
    (letter,) = (one for one in stack.letters() if one["key"] == _base64(webinar_id.encode()))
    again = RawRecord(ATTENDANCE.name, base64.b64decode(letter["key"]), base64.b64decode(letter["value"]))
    stack.publish_records([again])
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000))["visits_all"] == 1


def test_strange_but_valid_events_count(stack: Stack, webinar_id: str) -> None:
    """NUL characters, a huge text, deep nesting, a field said twice (the last counts), integers beyond 64 bits."""
    registered = [registration(person, webinar_id=webinar_id) for person in range(6)]
    stack.publish(hour_long(webinar_id, title="\0" * 1000, timezone="No/\0Where"))
    fragments = [
        '"country":"' + "x" * 900_000 + '"',
        '"source":{"utm_source":"\\u0000 \\ud83d\\ude00 \\"\\\\"}',
        '"more":' + "[" * 100 + "]" * 100,
        f'"person_id":"p_{"f" * 32}"',
        f'"more":{10**30}',
        '"event_id":"\\u0000"',
    ]
    key = webinar_id.encode()
    values = [_with(event, fragment) for event, fragment in zip(registered, fragments, strict=True)]
    stack.publish_records([RawRecord(REGISTRATIONS.name, key, value) for value in values])
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000))["registrations"] == len(values)
    persons = stack.rows("SELECT person_id FROM persons FINAL WHERE webinar_id = {id:String}", id=webinar_id)
    assert f"p_{'f' * 32}" in {one["person_id"] for one in persons}
    kept = stack.rows("SELECT event FROM events WHERE webinar_id = {id:String}", id=webinar_id)
    assert set(values) <= {one["event"].encode() for one in kept}


def test_records_beyond_the_limit_are_told_of_and_stay_at_their_place(stack: Stack, webinar_id: str) -> None:
    """Compression brings them past Kafka's own limit."""
    key = webinar_id.encode()
    huge = moved(registration(1, webinar_id=webinar_id, country="x" * 5_000_000))
    stack.publish_records([RawRecord(REGISTRATIONS.name, key, orjson.dumps(huge)), stack.misplaced(huge)])
    stack.publish([*hour_long(webinar_id), *stay(1, 0, 40, webinar_id)])
    stack.wait_until_handled()
    row = stack.report(webinar_id, at(1000))
    assert (row["registrations"], row["visits_30m"]) == (0, 1)
    letters = [one for one in stack.letters() if one["detail"] == "record: over 1,000,000 bytes"]
    assert [(one["reason"], one["topic"], one["value"]) for one in letters] == [
        ("wrong_form", REGISTRATIONS.name, None)
    ] * 2


def test_the_longest_record_may_stand_on_the_wrong_partition(stack: Stack, webinar_id: str) -> None:
    event = moved(registration(1, webinar_id=webinar_id, country=""))
    event["country"] = "x" * (MAX_RECORD_BYTES - len(orjson.dumps(event)))
    stack.publish_records([stack.misplaced(event)])
    stack.publish(hour_long(webinar_id))
    until(lambda: stack.report(webinar_id, at(1000)).get("registrations") == 1, "it is counted")


def test_the_publisher_refuses_ten_megabytes_and_says_so(stack: Stack, webinar_id: str) -> None:
    with pytest.raises(PublishError, match=r"10,[0-9,]+ bytes is too large for Kafka: at most 1,000,000 bytes"):
        stack.publish([registration(1, webinar_id=webinar_id, country="x" * 10_000_000)])


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
