"""What workers keep of what arrives of forgotten persons: nothing but that they are forgotten."""

from collections import defaultdict

import orjson
import pytest

from contract.events import EVENT, Forgotten
from contract.forgotten import forgotten_id
from contract.topics import TOPIC_OF_TYPE
from streams.batch import Batches
from streams.forgetting import without_forgotten
from streams.reading import Decoded
from streams.settings import Settings
from streams.store import StoreGone
from streams.transport.delivery import Delivery
from tests.contract_events import Event, attendance, forgotten, identity, p, r, registration, stay
from tests.rows import RawRecord
from tests.streams.batches import Worker


def _read(*events: Event) -> list[Decoded]:
    values = [orjson.dumps(one) for one in events]
    return [
        (EVENT.validate_json(value), RawRecord(value, topic=TOPIC_OF_TYPE[one["type"]].name))
        for one, value in zip(events, values, strict=True)
    ]


def test_nothing_is_dropped_while_nobody_is_forgotten() -> None:
    read = _read(registration(1), identity(1, 1))
    assert without_forgotten(read, set()) == read


def test_events_of_a_batch_are_dropped_whatever_comes_first() -> None:
    """Also those under a registrant that is linked to the person."""
    said = (registration(1), attendance(r(7), "joined", 0), registration(2), identity(7, 1), forgotten(p(1)))
    for order in (said, said[::-1]):
        known: set[str] = set()
        kept = without_forgotten(_read(*order), known)
        assert known == {forgotten_id(p(1)), forgotten_id(r(7))}
        assert sorted(event.type for event, _ in kept) == ["forgotten", "forgotten", "registration"]
        assert all(record.value is not None and p(1).encode() not in record.value for _, record in kept)


def test_a_link_to_a_forgotten_person_becomes_the_word_that_the_registrant_is_forgotten() -> None:
    ((event, record),) = without_forgotten(_read(identity(7, 1, minutes=5)), {forgotten_id(p(1))})
    assert isinstance(event, Forgotten)
    assert event.forgotten_id == forgotten_id(r(7))
    assert record.value is not None
    assert EVENT.validate_json(record.value) == event
    assert (r(7).encode() in record.value, p(1).encode() in record.value) == (False, False)


async def test_nothing_of_a_forgotten_person_is_kept_whoever_works() -> None:
    """The registrant that is linked to it too; a worker that died before it wrote the rows is made good."""
    worker = Worker()
    await worker.run(registration(1), *stay(r(1), 0, 9), registration(2))
    worker.fails_at = "persons"
    said = [forgotten(p(1)), identity(1, 1), registration(1, status="cancelled"), *stay(r(1), 20, 30)]
    with pytest.raises(StoreGone):
        await worker.run(*said)
    assert [orjson.loads(one["event"])["type"] for one in worker.store.rows["events"][4:]] == ["forgotten"] * 2
    worker.fails_at = ""
    successor = Batches(Settings(_env_file=None), worker.store, worker.producer)
    worker.batches, worker.delivery = successor, Delivery(defaultdict(int), generation=4)
    await worker.run(*said, *stay(1, 40, 50), registration(2, status="cancelled"))
    rows = {row["person_id"]: row for row in worker.latest()}
    assert rows[p(1)]["state"].keys() == rows[r(1)]["state"].keys() == {"offsets", "forgotten"}
    assert len(rows[p(2)]["registration_at"]) == 1
    kept = [orjson.loads(one["event"]) for one in worker.store.rows["events"][4:]]
    assert {one.get("person_id", p(2)) for one in kept} == {p(2)}
    assert worker.done


async def test_a_person_forgotten_by_another_worker_is_dropped_by_this_one() -> None:
    worker = Worker()
    worker.store.rows["forgotten"] = [{"forgotten_id": forgotten_id(p(1))}]
    await worker.run(registration(1), registration(2))
    assert [row["person_id"] for row in worker.latest()] == [p(2)]
    assert len(worker.store.rows["events"]) == 1
    assert worker.done
