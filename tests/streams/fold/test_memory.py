"""docs/design.md 3 and docs/contract.md, "identity": what a worker remembers, and which rows have to be written."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contract.events import EVENT
from contract.forgotten import forgotten_id
from contract.topics import EVENT_TOPICS, TOPIC_OF_TYPE
from streams.changes import Changed, person_rows
from streams.fold import person
from streams.fold.memory import Memory, WebinarMemory
from streams.fold.offsets import NONE, unpacked
from streams.fold.person import PersonState
from streams.fold.row import COLUMNS
from streams.memory_store import rows_of
from streams.settings import Settings
from streams.store import Insert
from tests.contract_events import at, forgotten, hour_long, identity, moment, p, r, registration, stay, webinar
from tests.strategies import record, webinars


def put(memory: WebinarMemory, *events: dict[str, Any], offset: int = 0) -> None:
    """Folds the events; the first has the offset."""
    for later, said in enumerate(events):
        value = orjson.dumps(said)
        event = EVENT.validate_json(value)
        memory.fold(event, value, EVENT_TOPICS.index(TOPIC_OF_TYPE[event.type]), offset + later)


def written(memory: WebinarMemory) -> set[str]:
    """The persons whose rows had to be written; now they are."""
    _, changed = memory.take_changes()
    for person_id in changed:
        if memory.erased.pop(person_id, None) is None:
            memory.whole(person_id)
    return set(changed)


def loaded(memory: WebinarMemory, begin_used: int | None = None) -> WebinarMemory:
    """A successor that knows only the rows."""
    again = WebinarMemory(memory.statements, memory.offset, facts=memory.facts, forgotten=set(memory.forgotten))
    for person_id, state in memory.persons.items():
        known = person.load(orjson.loads(person.dump(state)))
        again.remember(person_id, known, memory.facts.begin if begin_used is None else begin_used)
    again.to_erase = True
    return again


def whole_of(memory: WebinarMemory, person_id: str) -> PersonState:
    """What is known of a person, the offsets aside: they tell of the way, not of the events."""
    if person_id not in memory.persons:
        return PersonState()
    whole = memory.whole(person_id)
    return replace(whole, touches=tuple(sorted(whole.touches)), sessions=tuple(sorted(whole.sessions)), offsets=NONE)


def total(memory: WebinarMemory, person_id: str) -> int:
    return sum(unpacked(memory.persons[person_id].offsets))


def test_an_event_marks_the_rows_that_it_changes_and_a_repeated_one_none() -> None:
    memory = WebinarMemory()
    events = [registration(1), *stay(2, 0, 5)]
    put(memory, *events)
    assert written(memory) == {p(1), p(2)}
    put(memory, *events, offset=10)
    assert written(memory) == set()
    assert unpacked(memory.persons[p(1)].offsets) == (0, 1, 0, 0)
    assert unpacked(memory.persons[p(2)].offsets) == (0, 0, 3, 0)


def test_a_link_learned_late_moves_what_was_known() -> None:
    memory = WebinarMemory()
    put(memory, *stay(r(1), 0, 5), registration(2))
    written(memory)
    put(memory, identity(1, 2))
    assert written(memory) == {r(1), p(2)}
    whole = memory.whole(p(2))
    assert len(whole.sessions) == len(whole.touches) == 1
    assert not memory.persons[p(2)].sessions


def test_what_comes_under_a_linked_id_marks_both_rows() -> None:
    memory = WebinarMemory()
    put(memory, identity(1, 2))
    assert written(memory) == {r(1), p(2)}
    put(memory, *stay(r(1), 0, 5), offset=1)
    assert written(memory) == {r(1), p(2)}
    assert total(memory, p(2)) >= total(memory, r(1))


def test_a_join_under_one_id_and_its_leave_under_the_other_are_one_session() -> None:
    join, leave = stay(r(1), 0, 5)
    memory = WebinarMemory()
    put(memory, join, leave | {"person_id": p(2)}, identity(1, 2))
    assert [one[:3] for one in memory.whole(p(2)).sessions] == [(join["session_id"], at(0), at(5))]


def test_a_moved_link_rewrites_the_old_and_the_new_person_with_later_versions() -> None:
    memory = WebinarMemory()
    put(memory, *stay(r(1), 0, 5), identity(1, 2, minutes=1), offset=50)
    written(memory)
    before = total(memory, p(2))
    put(memory, identity(1, 3, minutes=2), offset=70)
    assert written(memory) == {r(1), p(2), p(3)}
    assert not memory.whole(p(2)).sessions
    assert len(memory.whole(p(3)).sessions) == 1
    assert total(memory, p(2)) > before
    assert total(memory, p(3)) > 0


def test_an_older_link_is_only_remembered() -> None:
    memory = WebinarMemory()
    put(memory, identity(1, 2, minutes=5))
    written(memory)
    put(memory, identity(1, 3, minutes=1), offset=9)
    assert written(memory) == {r(1)}
    assert p(3) not in memory.persons
    put(memory, identity(1, 3, minutes=1), offset=19)
    assert written(memory) == set()


def test_several_registrants_of_one_person_are_one_person() -> None:
    memory = WebinarMemory()
    put(memory, *stay(r(1), 0, 5), *stay(r(2), 9, 12), identity(1, 3), identity(2, 3))
    assert len(memory.whole(p(3)).sessions) == 2


@given(webinars(), st.randoms(use_true_random=False), st.integers(0, 25))
def test_the_order_of_links_and_events_changes_nothing_not_even_over_a_successor(
    events: list[dict[str, Any]], random: Any, cut: int
) -> None:
    said = [orjson.loads(record(event, "zoom:1")) for event in events]
    straight, shuffled = WebinarMemory(), WebinarMemory()
    put(straight, *said)
    random.shuffle(said)
    put(shuffled, *said[:cut])
    shuffled = loaded(shuffled)
    put(shuffled, *said[cut:], offset=cut)
    # Who was once linked to and is no more has a state that says nothing; in another order there is none.
    for person_id in straight.persons.keys() | shuffled.persons.keys():
        assert whole_of(straight, person_id) == whole_of(shuffled, person_id)
    assert straight.facts == shuffled.facts


@given(webinars(forgetting=True), st.randoms(use_true_random=False), st.integers(0, 25))
def test_who_is_forgotten_is_forgotten_in_any_order(events: list[dict[str, Any]], random: Any, cut: int) -> None:
    """Whether the events, the links or the word that somebody is forgotten come first, and over a successor too."""
    said = [orjson.loads(record(event, "zoom:1")) for event in events]
    straight, shuffled = WebinarMemory(), WebinarMemory()
    put(straight, *said)
    random.shuffle(said)
    put(shuffled, *said[:cut])
    if random.random() < 0.5:
        written(shuffled)
    shuffled = loaded(shuffled)
    put(shuffled, *said[cut:], offset=cut)
    for memory in (straight, shuffled):
        memory.erase()
        assert not {forgotten_id(person_id) for person_id in memory.persons} & memory.forgotten
    assert straight.forgotten == shuffled.forgotten
    for person_id in straight.persons.keys() | shuffled.persons.keys():
        assert whole_of(straight, person_id) == whole_of(shuffled, person_id)


def test_a_forgotten_person_leaves_empty_rows_that_are_written_once() -> None:
    """Also of the registrant that is linked to it. Another statement about the webinar does not write them again."""
    memory = WebinarMemory()
    put(memory, *hour_long(), registration(1), *stay(r(1), 0, 5), identity(1, 1), registration(2))
    written(memory)
    before = {one: total(memory, one) for one in (p(1), r(1))}
    put(memory, forgotten(p(1)), offset=50)
    _, changed = memory.take_changes()
    assert set(changed) == {p(1), r(1)}
    assert {forgotten_id(p(1)), forgotten_id(r(1))} == set(memory.take_forgotten())
    made = [rows_of(Insert("persons", COLUMNS, one)) for one in _rows(memory, changed)]
    for (row,) in made:
        assert row["state"].keys() == {"offsets", "forgotten"}
        assert row["registration_at"] == row["interval_start"] == row["recording_view_at"] == []
        assert row["same_as"] == ""
        assert row["version"] > before[row["person_id"]]
    successor = loaded(memory)
    for (row,) in made:
        successor.remember(row["person_id"], person.load(row["state"]), row["begin_used"])
    put(successor, *hour_long(started_at=moment(-2)), *stay(1, 0, 9), identity(1, 2, minutes=9), offset=60)
    assert written(successor) == {p(2)}


def test_a_link_to_a_forgotten_person_is_a_later_version_of_whom_it_took_the_registrant_from() -> None:
    """Else the row with the registrant's events could win, which has the same version."""
    memory = WebinarMemory()
    put(memory, registration(1), *stay(r(1), 0, 5), forgotten(p(2)), identity(1, 1))
    written(memory)
    before = total(memory, p(1))
    put(memory, identity(1, 2, minutes=9), offset=50)
    assert written(memory) == {p(1), r(1)}
    assert not memory.whole(p(1)).sessions
    assert total(memory, p(1)) > before


@pytest.mark.parametrize("first_written", [False, True])
def test_who_was_forgotten_in_another_webinar_first_leaves_later_versions_here(first_written: bool) -> None:
    """The same worker loads this one again, so the rows have its fence: only their offsets can tell them apart."""
    memory = WebinarMemory()
    put(memory, registration(1), *stay(r(1), 0, 5), identity(1, 1))
    written(memory)
    before = {one: total(memory, one) for one in (p(1), r(1))}
    again = loaded(memory)
    again.forgotten.add(forgotten_id(r(1)))
    again.erase()
    if first_written:
        again.take_changes()
        again.erased.clear()
    put(again, forgotten(r(1)), offset=50)
    _, changed = again.take_changes()
    assert set(changed) == {p(1), r(1)}
    assert sum(unpacked(again.erased[r(1)])) > before[r(1)]
    assert total(again, p(1)) > before[p(1)]


def test_what_a_forgotten_registrant_did_leaves_the_person_it_was_linked_to() -> None:
    memory = WebinarMemory()
    put(memory, registration(1), *stay(r(1), 0, 5), identity(1, 1), forgotten(r(1)))
    assert written(memory) == {p(1), r(1)}
    assert not memory.whole(p(1)).sessions
    assert memory.whole(p(1)).touches


def _rows(memory: WebinarMemory, person_ids: list[str]) -> list[bytes]:
    changed = Changed("zoom:1", memory, False, person_ids)
    return list(person_rows(changed, 1, Settings(_env_file=None)))


@given(webinars(forgetting=True))
def test_a_row_is_written_again_only_with_a_later_version(events: list[dict[str, Any]]) -> None:
    """Also where an event takes a registrant from a person, or a person from the installation."""
    memory = WebinarMemory()
    rows: dict[str, dict[str, Any]] = {}
    for offset, event in enumerate(events):
        put(memory, orjson.loads(record(event, "zoom:1")), offset=offset)
        _, changed = memory.take_changes()
        for written_row in _rows(memory, changed):
            (row,) = rows_of(Insert("persons", COLUMNS, written_row))
            old = rows.get(row["person_id"])
            assert old is None or row["version"] > old["version"] or row == old
            rows[row["person_id"]] = row
    # Of who was forgotten before there was anything, there is nothing.
    assert rows.keys() >= memory.persons.keys()


def test_a_changed_begin_rewrites_every_person_with_a_later_version() -> None:
    memory = WebinarMemory()
    put(memory, webinar(starts_at=moment(0)), *stay(1, 0, 5), registration(2))
    written(memory)
    before = {person_id: total(memory, person_id) for person_id in memory.persons}
    put(memory, *hour_long(started_at=moment(2)), offset=40)
    assert memory.changed
    assert written(memory) == {p(1), p(2)}
    assert all(total(memory, person_id) > before[person_id] for person_id in memory.persons)


def test_a_statement_that_leaves_the_begin_rewrites_the_webinar_only() -> None:
    memory = WebinarMemory()
    put(memory, webinar(starts_at=moment(0)), registration(1))
    written(memory)
    put(memory, webinar(title="Later", starts_at=moment(0)), offset=5)
    assert memory.changed
    assert memory.offset == 6
    assert written(memory) == set()


def test_a_repeated_statement_changes_nothing() -> None:
    memory, said = WebinarMemory(), webinar(starts_at=moment(0))
    put(memory, said)
    written(memory)
    put(memory, said, offset=8)
    assert not memory.changed
    assert memory.offset == 1


def test_a_worker_that_died_before_it_wrote_the_persons_is_made_good_on_loading() -> None:
    memory = WebinarMemory()
    put(memory, webinar(starts_at=moment(0)), webinar(starts_at=moment(9)), registration(1), identity(1, 2))
    successor = loaded(memory, begin_used=at(0))
    assert successor.changed_persons.keys() == {p(1), p(2), r(1)}
    assert all(unpacked(state.offsets)[0] == 2 for state in successor.persons.values())
    assert not loaded(memory).changed_persons


def of(*person_ids: str) -> WebinarMemory:
    return WebinarMemory(persons={person_id: PersonState() for person_id in person_ids})


def full(most_persons: int, **sizes: int) -> Memory:
    memory = Memory(most_persons)
    for partition, (webinar_id, size) in enumerate(sizes.items()):
        memory.remember(webinar_id, partition, of(*(p(number) for number in range(size))))
    return memory


def test_the_webinars_unused_for_longest_are_forgotten_until_the_bound_holds() -> None:
    memory = full(5, a=2, b=2, c=2)
    assert memory.missing(["a", "new"]) == ["new"]
    memory.evict()
    assert memory.missing(["a", "b", "c"]) == ["b"]
    memory.evict()
    assert len(memory) == 2


def test_within_the_bound_nothing_is_forgotten_and_the_last_used_webinar_never() -> None:
    memory = full(6, a=2, b=2, c=2)
    memory.evict()
    assert len(memory) == 3
    memory = full(1, a=5, b=9)
    memory.evict()
    assert memory.missing(["a", "b"]) == ["a"]
    memory.evict()
    assert len(memory) == 1


def test_the_webinars_of_a_revoked_partition_are_forgotten() -> None:
    memory = full(100, a=1, b=1, c=1)
    memory.forget_partitions({0, 2, 7})
    assert memory.missing(["a", "b", "c"]) == ["a", "c"]
    memory.forget_partitions(set())
    assert len(memory) == 1
    memory.remember("a", 1, of(p(1)))
    memory.forget_partitions({1})
    assert len(memory) == 0


def test_a_webinar_that_is_not_yet_written_is_kept() -> None:
    memory = full(1, a=2, b=2, c=2)
    memory.evict(keep={"a"})
    assert memory.missing(["a", "b", "c"]) == ["b"]


def test_only_what_changed_is_to_be_written() -> None:
    memory = full(100, a=1, b=1, c=1)
    put(memory["a"], webinar(title="x"))
    put(memory["b"], registration(1))
    assert [webinar_id for webinar_id, _ in memory.changed(["a", "b", "c"])] == ["a", "b"]
    assert [webinar_id for webinar_id, _ in memory.changed(["b", "c"])] == ["b"]
