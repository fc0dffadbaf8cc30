"""What one list says is put once, over passes and releases."""

import orjson

from connectors.mapped import Mapped, Reason, Rejection
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.toolkit.content_id import event_of
from connectors.toolkit.once import Once
from contract.events import EVENT
from tests.contract_events import registration

SAID = registration(1)
EVENTS: list[Mapped] = [
    event_of({**SAID, "person_id": f"p_{number:032x}"}, 1_795_370_400_000, "zoom") for number in range(3)
]
ROW = {"email": "nobody"}
REJECTION = Rejection(Reason.NO_PERSON, "email: none")


def passed(outbox: MemoryOutbox, cursors: MemoryCursors, *mapped: Mapped, again: bool = False) -> int:
    """How much one pass puts."""
    before = len(outbox.acknowledged)
    once = Once(outbox, cursors, "zoom:1", again)
    once.put([*mapped, *mapped], ROW)
    outbox.flush()
    once.flushed(over=False)
    return len(outbox.acknowledged) - before


def test_a_list_that_is_read_again_says_what_is_new_in_it() -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    assert passed(outbox, cursors, *EVENTS[:2], REJECTION) == 3
    assert passed(outbox, cursors, EVENTS[1], REJECTION) == 0
    assert passed(outbox, cursors, *EVENTS, REJECTION) == 1
    assert passed(outbox, cursors, *EVENTS, again=True) == 3
    assert orjson.loads(outbox.rejected[0][1]) == ROW


def test_nothing_is_remembered_of_an_empty_list_nor_of_a_settled_one() -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    assert passed(outbox, cursors) == 0
    assert cursors == {}
    once = Once(outbox, cursors, "zoom:1", again=False)
    once.put(EVENTS, ROW)
    outbox.flush()
    once.flushed(over=True)
    assert not any(cursors.values())


def test_what_was_put_before_0_2_0_is_known() -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    passed(outbox, cursors, *EVENTS[:2])
    former = sorted(event.event_id.rpartition(":")[2][:16] for event in outbox.events)
    cursors["sent:zoom:1"] = "".join(former)
    assert passed(outbox, cursors, *EVENTS) == 1
    assert passed(outbox, cursors, *EVENTS) == 0


def test_an_event_whose_id_is_no_hash_is_known_by_all_of_it() -> None:
    outbox = MemoryOutbox()
    cursors = MemoryCursors(outbox)
    named = [EVENT.validate_json(orjson.dumps({**SAID, "event_id": f"zoom:{name}:u1"})) for name in "ab"]
    assert [passed(outbox, cursors, *named), passed(outbox, cursors, *named)] == [2, 0]
