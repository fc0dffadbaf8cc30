"""docs/performance.md: the quick reader gives what the contract's decoder gives, or leaves the record to it."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract.canonical import canonical
from contract.decode import DeadLetter, decode
from contract.events import Joined, Left, Registration, Seen, Source
from contract.instants import DAY, FIRST_INSTANT, format_instant
from contract.quick import Quick, QuickRegistration, QuickSource, quick, quick_content
from contract.source import source_key
from contract.topics import ATTENDANCE, EVENT_TOPICS, REGISTRATIONS, Topic
from tests.contract_events import at, attendance, p, registration

WRITTEN_AT = at(20_000)
_SOURCE = dict.fromkeys(Source.model_fields, "x") | {"utm_source": "Ä \u0000 😀"}
FULL = registration(1, country="DE", timezone="Europe/Berlin", source=_SOURCE, role="host", is_test=True)
EVENTS = [
    registration(1),
    FULL | {"domain_id": "d_1"},
    registration(1, status="withdrawn", source=None, country=None),
    *(attendance(1, kind, 1) for kind in ("joined", "left", "seen", "recording_viewed")),
    attendance(1, "summary", 1, total_seconds=5, reported_at="2026-11-22T18:00:00Z"),
]
ODD = [
    *("null", "true", "false", "0", "1", "1.0", "1e0", "-0", "01", "+1", "2", "NaN", "Infinity", "1e999", "9" * 400),
    *('""', '" "', '"x"', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\x01"', '"\\x"', '"\\/"', '"\ud800"'),
    *("[]", "{}", "[" * 2_000, '{"utm_source":"a"}', '{"utm_source":null,"x":1}', '{"utm_source":"a","utm_source":1}'),
    *('"registration"', '"attendance"', '"joined"', '"left"', '"cancelled"', '"host"', '"Host"', '"d_"', '"d"'),
    *(f'"{"ä" * n}"' for n in (64, 65)),
    *(json.dumps(person) for person in (p(1), p(1).upper(), p(1) + "\n", p(1)[:-1], f"r_{'0' * 32}", f"p_{'٣' * 32}")),
    *(json.dumps(format_instant(FIRST_INSTANT + more)) for more in (-1, 0)),
    *(json.dumps(format_instant(at(20_000) + more)) for more in (DAY - 1, DAY, DAY + 1, 2 * DAY, 3 * DAY)),
    *(
        f'"2026-11-{rest}"'
        for rest in ("22T18:00:00Z", "22t18:00:00.123z", "22T18:00:00.1239+05:30", "31T18:00:00.000Z")
    ),
    *(f'"2026-11-22T{rest}"' for rest in ("24:00:00.000Z", "18:00:60.000Z", "18:00:00.٠٠٠Z", "18:00:0٠.000Z")),
]
NAMES = sorted({name for event in EVENTS for name in event} | {"domain_id", "unknown", "kın"})


def known(value: bytes, topic: Topic) -> Quick | None:
    """What the quick reader gives; held to what the decoder gives."""
    event, said = quick(value, topic.name, WRITTEN_AT), decode(value, topic, WRITTEN_AT)
    if event is None:
        return None
    assert isinstance(said, Registration | Joined | Left | Seen), (value, said)
    assert isinstance(said, Registration) == isinstance(event, QuickRegistration)
    for name in type(said).model_fields:
        mine, theirs = getattr(event, name), getattr(said, name)
        if isinstance(mine, QuickSource):
            mine = Source(**{one: getattr(mine, one) for one in Source.model_fields})
        assert (mine, type(mine)) == (theirs, type(theirs)), (value, name)
    if isinstance(event, QuickRegistration) and isinstance(said, Registration):
        assert source_key(event.source) == source_key(said.source)
        assert quick_content(value) == canonical(value, without=("type", "schema_version"))
    return event


def text(fields: list[tuple[str, str]]) -> bytes:
    """An object of fields in their own spelling, in this order, each as often as it is there."""
    said = ",".join(f"{json.dumps(name, ensure_ascii=False)}:{value}" for name, value in fields)
    return f"{{{said}}}".encode(errors="surrogatepass")


def fields_of(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, json.dumps(value)) for name, value in event.items()]


@pytest.mark.parametrize("event", EVENTS[:6], ids=lambda event: str(event.get("kind", event["type"])))
def test_the_common_records_are_read(event: dict[str, Any]) -> None:
    topic = REGISTRATIONS if event["type"] == "registration" else ATTENDANCE
    assert known(json.dumps(event).encode(), topic) is not None
    assert known(json.dumps(event, ensure_ascii=False, indent=1).encode() + b"\n", topic) is not None


@pytest.mark.parametrize("event", EVENTS)
def test_no_odd_value_of_a_field_is_read_otherwise(event: dict[str, Any]) -> None:
    for name in NAMES:
        for value in ODD:
            replaced = text(
                [*fields_of({other: said for other, said in event.items() if other != name}), (name, value)]
            )
            doubled = text([(name, value), *fields_of(event)])
            again = text([*fields_of(event), (name, value)])
            for one in (replaced, doubled, again):
                known(one, REGISTRATIONS if event["type"] == "registration" else ATTENDANCE)


_values = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4
).map(json.dumps)
_changed = st.tuples(
    st.sampled_from(EVENTS), st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=4), _values), max_size=3)
).flatmap(lambda both: st.permutations([*fields_of(both[0]), *both[1]]).map(text))


@given(_changed, st.sampled_from(EVENT_TOPICS))
def test_any_fields_in_any_order_give_the_same_event_or_are_left_alone(value: bytes, topic: Topic) -> None:
    known(value, topic)


@given(
    st.sampled_from(EVENTS),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 3), st.binary(max_size=3)), max_size=3),
    st.sampled_from((REGISTRATIONS, ATTENDANCE)),
)
def test_damaged_bytes_give_the_same_event_or_are_left_alone(
    event: dict[str, Any], damage: list[tuple[int, int, bytes]], topic: Topic
) -> None:
    value = json.dumps(event).encode()
    for place, length, instead in damage:
        value = value[:place] + instead + value[place + length :]
    known(value, topic)


@given(st.binary(max_size=60))
@example(b"")
@example(b"\xef\xbb\xbf{}")
def test_garbage_is_left_alone(value: bytes) -> None:
    assert quick(value, ATTENDANCE.name, WRITTEN_AT) is quick(None, ATTENDANCE.name, WRITTEN_AT) is None


def test_every_character_has_the_same_canonical_form() -> None:
    for first in range(0, 0x110000, 0x8000):
        some = "".join(chr(code) for code in range(first, first + 0x8000) if not 0xD800 <= code < 0xE000)
        if some:
            assert known(json.dumps(registration(1, country=some, source={"utm_term": some})).encode(), REGISTRATIONS)


def test_a_record_over_the_limit_is_left_alone() -> None:
    value = json.dumps(registration(1)).encode()
    for more, there in ((0, True), (1, False)):
        long = value + b" " * (1_000_000 + more - len(value))
        assert (known(long, REGISTRATIONS) is not None) == there
        assert isinstance(decode(long, REGISTRATIONS, WRITTEN_AT), DeadLetter) != there
