"""docs/contract.md, "All state is a function of the set of events", for the events about one person."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contract.events import EVENT, Forgotten, Totals, Webinar
from contract.instants import FAR_FUTURE
from contract.quick import quick
from contract.topics import EVENT_TOPICS, TOPIC_OF_TYPE
from streams.fold.offsets import packed
from streams.fold.person import PersonState, dump, fold, join, joined, load, raise_offsets, text_json
from tests.contract_events import at, attendance, identity, moment, p, r, registration, stay
from tests.strategies import record, webinars

WRITTEN_AT = 4_000_000_000_000


def put(state: PersonState, *events: dict[str, Any]) -> list[bool]:
    changes = []
    for said in events:
        value = orjson.dumps(said)
        event = EVENT.validate_json(value)
        assert not isinstance(event, Webinar | Totals | Forgotten)
        changes.append(fold(state, event, value))
    return changes


def state_of(*events: dict[str, Any]) -> PersonState:
    state = PersonState()
    put(state, *events)
    return state


def stored(state: PersonState) -> PersonState:
    return load(orjson.loads(dump(state)))


def copied(state: PersonState) -> PersonState:
    """A copy to compare with later: the touches in one order, since they are a set."""
    return replace(state, touches=tuple(sorted(state.touches)), sessions=tuple(sorted(state.sessions)))


def quickly(events: list[dict[str, Any]]) -> PersonState:
    """The same as state_of, with events that were read quickly where they can be."""
    state = PersonState()
    for said in events:
        value = orjson.dumps(said)
        event = quick(value, TOPIC_OF_TYPE[said["type"]].name, WRITTEN_AT) or EVENT.validate_json(value)
        assert not isinstance(event, Webinar | Totals | Forgotten)
        fold(state, event, value)
    return state


def same(*states: PersonState) -> bool:
    first, *others = map(copied, states)
    return all(other == first for other in others)


def all_of_one(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events as if all were about one person."""
    return [orjson.loads(record(event, "zoom:1")) for event in events if event["type"] not in {"webinar", "totals"}]


events = webinars().map(all_of_one)
unlinked = events.map(lambda events: [event for event in events if event["type"] != "identity"])
offsets = st.lists(st.integers(0, 9), min_size=len(EVENT_TOPICS), max_size=len(EVENT_TOPICS)).map(packed)


@given(events)
def test_an_event_that_was_read_quickly_folds_like_any(events: list[dict[str, Any]]) -> None:
    assert quickly(events) == state_of(*events)


@settings(max_examples=40)
@given(events, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(events: list[dict[str, Any]], random: Any) -> None:
    shuffled = events + random.choices(events, k=3) if events else events
    random.shuffle(shuffled)
    assert same(state_of(*shuffled), state_of(*events))


@settings(max_examples=40)
@given(events)
def test_a_repeated_event_changes_nothing_and_says_so(events: list[dict[str, Any]]) -> None:
    state = state_of(*events)
    before = copied(state)
    assert not any(put(state, *events))
    assert same(state, before)


@settings(max_examples=40)
@given(events)
def test_fold_says_whether_the_state_changed(events: list[dict[str, Any]]) -> None:
    state = PersonState()
    for event in events:
        before = copied(state)
        assert put(state, event) == [not same(state, before)]


@settings(max_examples=40)
@given(unlinked, unlinked, unlinked, offsets, offsets)
def test_join_is_commutative_associative_and_idempotent(
    one: list[Any], two: list[Any], three: list[Any], of_one: int, of_two: int
) -> None:
    a, b, c = state_of(*one), state_of(*two), state_of(*three)
    raise_offsets(a, of_one)
    raise_offsets(b, of_two)
    assert same(joined(a, [b]), joined(b, [a]))
    assert same(joined(joined(a, [b]), [c]), joined(a, [joined(b, [c])]), joined(a, [c, b]))
    assert same(joined(a, [a]), a)


@settings(max_examples=40)
@given(unlinked, st.integers(0, 20))
def test_the_join_of_parts_is_the_fold_of_all(events: list[dict[str, Any]], cut: int) -> None:
    assert same(joined(state_of(*events[:cut]), [state_of(*events[cut:])]), state_of(*events))


@settings(max_examples=40)
@given(unlinked, unlinked)
def test_join_says_whether_the_state_changed_and_leaves_the_other_alone(one: list[Any], other: list[Any]) -> None:
    state, joining = state_of(*one), state_of(*other)
    before, untouched = copied(state), copied(joining)
    assert join(state, joining) == (not same(state, before))
    assert same(joining, untouched)
    assert not join(state, joining)


@settings(max_examples=40)
@given(unlinked, unlinked)
def test_a_joined_state_shares_nothing_with_its_parts(one: list[Any], other: list[Any]) -> None:
    own, linked = state_of(*one), state_of(*other)
    before = copied(own), copied(linked)
    put(joined(own, [linked]), *stay(1, 1, 2, session="new"), registration(1, event_id="new"))
    assert same(own, before[0])
    assert same(linked, before[1])


@settings(max_examples=40)
@given(events, offsets)
def test_a_stored_state_is_read_again(events: list[dict[str, Any]], offsets: int) -> None:
    state = state_of(*events)
    raise_offsets(state, offsets)
    assert same(stored(state), state)


@settings(max_examples=40)
@given(events, events)
def test_a_stored_state_goes_on_like_the_one_that_was_kept(one: list[Any], other: list[Any]) -> None:
    kept = state_of(*one)
    again = stored(kept)
    assert put(again, *one, *other) == put(kept, *one, *other)
    assert same(again, kept)


def test_the_earliest_join_and_the_latest_leave_of_a_session_count() -> None:
    state = state_of(*stay(1, 5, 20), *stay(1, 3, 30), attendance(1, "seen", 10), attendance(1, "seen", 8))
    assert [one[1:] for one in state.sessions] == [(at(3), at(30), at(8), at(10))]


def test_what_was_not_said_of_a_session_is_not_known() -> None:
    assert [one[1:] for one in state_of(attendance(1, "left", 5)).sessions] == [(FAR_FUTURE, at(5), FAR_FUTURE, 0)]


def test_each_session_id_is_a_session_of_its_own() -> None:
    sessions = state_of(*stay(1, 1, 2, session="a"), *stay(1, 1, 2, session="b")).sessions
    assert [one[0] for one in sessions] == [f"{p(1)}-a", f"{p(1)}-b"]


@pytest.mark.parametrize("flags", [{"role": "host"}, {"role": "panelist"}, {"is_test": True}])
def test_any_event_that_says_staff_or_test_leaves_the_person_out_for_good(flags: dict[str, Any]) -> None:
    state = state_of(registration(1, **flags), registration(1, role="attendee", is_test=False))
    assert state.rare.excluded
    assert not state_of(registration(1, role="attendee", is_test=False)).rare.excluded


def test_the_domains_of_all_events_are_kept() -> None:
    state = state_of(registration(1, domain_id="d_b"), attendance(1, "joined", 1, domain_id="d_a"), registration(1))
    assert state.domain_ids == {"d_a", "d_b"}


def test_the_summary_with_the_greatest_report_counts_from_the_earliest_on() -> None:
    state = state_of(
        attendance(1, "summary", 9, total_seconds=50, reported_at=moment(90), event_id="b"),
        attendance(1, "summary", 7, total_seconds=70, reported_at=moment(80), event_id="c"),
        attendance(1, "summary", 8, total_seconds=60, reported_at=moment(90), event_id="a"),
    )
    assert state.rare.total is not None
    assert (state.rare.total.total_seconds, state.rare.total_since) == (50, at(7))


def test_every_distinct_event_id_is_one_recording_view_at_its_earliest_time() -> None:
    views = [
        attendance(1, "recording_viewed", minute, event_id=name) for name, minute in [("a", 9), ("b", 8), ("a", 7)]
    ]
    assert state_of(*views).rare.recording_views == {"a": at(7), "b": at(8)}


def test_two_contents_under_one_event_id_are_two_registrations_and_a_repeated_delivery_is_none() -> None:
    first = registration(1, event_id="e", status="registered")
    again = first | {"received_at": moment(99)}
    assert put(PersonState(), first, again, first | {"status": "approved"}) == [True, False, True]


def test_what_two_registrations_have_in_common_is_in_memory_once() -> None:
    (one,), (other,) = (state_of(registration(1, event_id=name)).touches for name in ("a", "b"))
    (again,) = stored(state_of(registration(1, event_id="c"))).touches
    assert one.shared is other.shared is again.shared
    assert len(one.shared) > 0
    assert one.own != other.own


def test_persons_share_what_they_have_in_common_and_what_they_lack() -> None:
    one, other = (state_of(registration(number, domain_id="d_" + "a" * 64)) for number in (1, 2))
    again = stored(one)
    assert one.domain_ids is other.domain_ids is again.domain_ids
    assert one.rare is other.rare is again.rare
    assert state_of(registration(1, is_test=True)).rare is not one.rare


def test_of_several_links_the_latest_said_counts_then_the_greater_event_id() -> None:
    said = [identity(1, 3, 5, event_id="a"), identity(1, 2, 5, event_id="b"), identity(1, 4, 1, event_id="c")]
    for order in (said, said[::-1]):
        link = state_of(*order).rare.link
        assert link is not None
        assert link.same_as == p(2)


def test_a_link_belongs_to_one_id_and_is_not_joined() -> None:
    linked = state_of(identity(1, 2))
    assert joined(PersonState(), [linked]).rare.link is None
    assert joined(linked, [PersonState()]).rare.link == linked.rare.link


def test_offsets_never_shrink() -> None:
    state = PersonState(offsets=packed([1, 5, 0, 0]))
    assert raise_offsets(state, packed([2, 3, 0, 0]))
    assert state.offsets == packed([2, 5, 0, 0])
    assert not raise_offsets(state, packed([2, 5, 0, 0]))


def summary(person: int | str, seconds: int) -> dict[str, Any]:
    """One event_id and one reported_at, whatever the person and the total."""
    said = attendance(person, "summary", 60, total_seconds=seconds, reported_at=moment(60))
    return said | {"event_id": "one"}


@pytest.mark.parametrize("totals", [(60, 600), (1, 12), (300, 31)])
def test_a_tie_goes_to_the_greater_canonical_json_of_the_whole_event(totals: tuple[int, int]) -> None:
    """12 is followed by a comma in the whole event: the same text cut off after it would compare otherwise."""
    both = [summary(1, seconds) for seconds in totals]
    greater = max(both, key=canonical_text)
    state = state_of(*both)
    assert state.rare.total is not None
    assert state.rare.total.total_seconds == greater["total_seconds"]


def test_a_tie_between_linked_ids_goes_by_their_ids_too() -> None:
    """person_id stands before total_seconds, and r_ is greater than p_."""
    together = joined(state_of(summary(1, 500)), [state_of(summary(r(1), 10))])
    assert together.rare.total is not None
    assert together.rare.total.total_seconds == 10


def canonical_text(event: dict[str, Any]) -> str:
    """As docs/contract.md says it, by another writer of JSON."""
    said = {name: value for name, value in event.items() if name != "received_at"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


@given(st.text())
@example('a\x7f\u2028\\"\x00é🎓')
def test_a_text_is_written_as_json_as_ever(text: str) -> None:
    assert text_json(text) == orjson.dumps(text).decode()
