"""docs/design.md 3, "Commit after the insert, by chunks": the steps of a batch, in memory.

The end of the chain, real Kafka and a real store, is in tests/streams/transport and tests/streams/test_store.py.
"""

import base64

import orjson
import pytest

from streams.behind import Outdated
from streams.fold.row import fence, fence_of
from streams.store import StoreGone
from tests.contract_events import at, identity, moment, p, r, registration, stay, totals, webinar
from tests.streams.batches import Row, Worker, of, successor
from tests.streams.records import FakeRecord, record_of


async def test_a_folded_batch_keeps_no_records_in_memory_while_it_is_written() -> None:
    worker = Worker()
    chunks = worker.chunks(record_of(webinar(starts_at=moment(0))), record_of(registration(1)))
    folded = await worker.batches.fold(chunks)
    assert folded is not None
    assert [chunk.records for chunk in chunks] == [[], []]
    await worker.batches.write(folded)
    assert worker.done


async def test_nothing_is_done_before_everything_is_stored() -> None:
    worker = Worker()
    broken = FakeRecord(value=b"{")
    misplaced = record_of(registration(2, webinar_id="zoom:2"))
    misplaced.partition = (misplaced.partition + 1) % 8
    await worker.run(webinar(starts_at=moment(0)), registration(1), broken, misplaced)
    assert worker.steps == ["load", "events", "sources", "webinars", "persons", "send", "dead_letters"]
    assert worker.done


@pytest.mark.parametrize("step", ["load", "events", "sources", "webinars", "persons", "dead_letters"])
async def test_when_the_store_is_gone_nothing_counts_as_done(step: str) -> None:
    worker = Worker()
    worker.fails_at = step
    with pytest.raises(StoreGone):
        await worker.run(webinar(starts_at=moment(0)), registration(1), FakeRecord(value=b"{"))
    assert not worker.done
    assert worker.delivery.committable() == {}


async def test_when_kafka_is_gone_nothing_counts_as_done() -> None:
    worker = Worker()
    worker.producer.error = ConnectionError("no broker")
    with pytest.raises(ConnectionError):
        await worker.run(registration(1), FakeRecord(value=b"{"))
    assert not worker.done
    assert worker.store.rows["dead_letters"] == []


async def test_an_event_stands_in_the_raw_log_as_it_was_published() -> None:
    worker = Worker()
    record = record_of(registration(1, title="é"))
    await worker.run(record)
    (row,) = worker.store.rows["events"]
    assert row["event"].encode() == record.value
    assert (row["webinar_id"], row["topic"], row["partition"]) == ("zoom:1", record.topic, record.partition)
    assert (row["offset"], row["written_at"]) == (0, record.timestamp)


async def test_a_dead_letter_is_sent_with_its_bytes_and_inserted_without_them() -> None:
    worker = Worker()
    await worker.run(FakeRecord(key=b"k\xff", value=b'{"email":"jane@example.org"'), FakeRecord(value=None))
    first, second = (orjson.loads(value or b"") for _, _, value in worker.producer.sent)
    assert [topic for topic, _, _ in worker.producer.sent] == ["webinar.dead-letters.v1"] * 2
    assert base64.b64decode(first["value"]) == b'{"email":"jane@example.org"'
    assert base64.b64decode(first["key"]) == b"k\xff"
    assert second["value"] is second["key"] is None
    for letter, row, offset in zip((first, second), worker.store.rows["dead_letters"], (0, 1), strict=True):
        assert row == {name: said for name, said in letter.items() if name not in ("key", "value")}
        assert (row["topic"], row["partition"], row["offset"]) == ("webinar.attendance.v1", 0, offset)
        assert (row["reason"], row["written_at"]) == ("not_json", 4_000_000_000_000)
    assert worker.store.rows["events"] == []
    assert worker.done


async def test_dead_letters_between_events_lose_nothing_else() -> None:
    worker = Worker()
    await worker.run(registration(1), FakeRecord(value=b"{"), FakeRecord(value=b"\xff"), registration(2))
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(1), p(2)}


async def test_a_record_on_a_wrong_partition_is_published_again_to_the_right_key() -> None:
    worker = Worker()
    record = record_of(registration(1))
    record.partition, record.key = (record.partition + 1) % 8, b"wrong"
    await worker.run(record)
    assert worker.producer.sent == [(record.topic, b"zoom:1", record.value)]
    assert not any(worker.store.rows.values())
    assert worker.done


async def test_a_chunk_of_an_earlier_assignment_is_dropped() -> None:
    worker = Worker()
    (chunk,) = worker.chunks(record_of(registration(1)))
    worker.delivery.close()
    assert await worker.batches.fold([chunk]) is None
    assert worker.steps == []
    (current,) = worker.chunks(record_of(registration(2)))
    folded = await worker.batches.fold([chunk, current])
    assert folded is not None
    await worker.batches.write(folded)
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(2)}


async def test_repeated_records_write_no_row_twice() -> None:
    worker = Worker()
    events = [webinar(starts_at=moment(0)), registration(1), *stay(1, 0, 5)]
    await worker.run(*events, *events)
    await worker.run(*events)
    assert len(worker.store.rows["persons"]) == len(worker.store.rows["webinars"]) == 1
    assert len(worker.store.rows["sources"]) == 1
    assert len(worker.store.rows["events"]) == 3 * len(events)


async def test_a_webinar_is_loaded_once_and_a_person_of_it_found_again() -> None:
    worker = Worker()
    await worker.run(registration(1))
    await worker.run(*stay(1, 0, 5))
    assert worker.steps.count("load") == 1
    last = worker.store.rows["persons"][-1]
    assert last["registration_at"] == [at(-100)]
    assert last["interval_end"] == [at(5)]
    assert last["version"] > worker.store.rows["persons"][0]["version"]


async def test_an_unknown_webinar_gets_a_row_without_a_begin() -> None:
    worker = Worker()
    await worker.run(registration(1))
    (row,) = worker.store.rows["webinars"]
    assert (row["webinar_id"], row["begin"]) == ("zoom:1", 9_999_999_999_999)


async def test_after_a_revocation_the_webinar_is_loaded_anew() -> None:
    worker = Worker()
    record = record_of(registration(1))
    await worker.run(record)
    worker.batches.revoke({(record.partition + 1) % 8})
    await worker.run(registration(2))
    assert worker.steps.count("load") == 1
    worker.batches.revoke({record.partition})
    await worker.run(registration(3))
    assert worker.steps.count("load") == 2


async def test_webinars_are_forgotten_after_the_batch_not_within_it() -> None:
    worker = Worker(cached_persons=1)
    await worker.run(*(registration(number, webinar_id=f"zoom:{number}") for number in range(4)))
    assert len(worker.batches.memory) == 1
    assert len(worker.store.rows["persons"]) == 4


async def test_rows_carry_the_epoch_and_the_generation() -> None:
    worker = Worker(epoch=2)
    await worker.run(webinar(), registration(1))
    rows = worker.store.rows["persons"] + worker.store.rows["webinars"]
    assert {fence_of(row["version"]) for row in rows} == {fence(2, 3)}


async def test_a_group_that_counts_anew_writes_above_what_is_stored() -> None:
    worker = Worker()
    worker.find_later()
    await worker.run(registration(1))
    assert fence_of(worker.store.rows["persons"][0]["version"]) >= fence(0, 9)


async def test_a_worker_that_finds_rows_of_a_later_one_ends() -> None:
    worker = Worker()
    await worker.run(registration(1, webinar_id="zoom:2"))
    worker.find_later()
    with pytest.raises(Outdated, match="zoom:1"):
        await worker.fold(registration(1))
    assert not worker.done


async def test_a_person_is_written_before_the_ids_that_count_as_it() -> None:
    # A worker may die between two inserts. An id's row that has the event makes the repeated event no change, so the
    # person's row has to be there by then.
    worker = Worker()
    linked = [(r(number), p(number + 100)) for number in range(50)]
    await worker.run(*(identity(number, number + 100) for number in range(50)))
    written = [row["person_id"] for row in worker.store.rows["persons"]]
    assert all(written.index(person) < written.index(registrant) for registrant, person in linked)


async def test_each_source_is_written_once() -> None:
    worker = Worker()
    await worker.run(registration(1, source={"utm_source": " VK "}), registration(2, source={"utm_source": "VK"}))
    await worker.run(registration(3, source={"utm_source": "VK"}), registration(4))
    rows = worker.store.rows["sources"]
    assert sorted(row["source"] for row in rows) == ['{"utm_source":"VK"}', "{}"]
    assert of(rows, source='{"utm_source":"VK"}')[0]["source_group"] == "vk"
    assert all(row["sorted"] is False for row in rows)


async def test_the_sources_of_page_views_are_written_as_those_of_registrations_are() -> None:
    worker = Worker()
    views = [{"source": {"tracking_code": code}, "page_views": 40} for code in ("partner-x", "unused")]
    await worker.run(registration(1, source={"tracking_code": "partner-x"}), totals(page_views_by_source=views))
    keys = ['{"tracking_code":"partner-x"}', '{"tracking_code":"unused"}']
    assert sorted(row["source"] for row in worker.store.rows["sources"]) == keys
    (row,) = worker.store.rows["totals"]
    assert row["page_views_by_source"] == [[key, 40] for key in keys]


@pytest.mark.parametrize(
    "later",
    [
        [identity(1, 3, 1)],
        [identity(1, 1, 1)],
        [identity(1, 3, 1), *stay(r(1), 20, 30, session="2")],
        [identity(2, 3, 9)],
        [webinar(started_at=moment(1)), *stay(p(1), 20, 30)],
    ],
)
async def test_a_worker_killed_between_two_writes_leaves_nothing_that_a_repeated_delivery_does_not_mend(
    later: list[Row],
) -> None:
    # The next batch is folded while this one is written: no row may know of it before all rows that it concerns.
    before = [registration(4), identity(2, 4, 1)]
    first = [webinar(starts_at=moment(0)), *stay(r(1), 0, 5), *stay(r(2), 0, 5), registration(1)]
    straight, killed = Worker(), Worker()
    await straight.run(*before, *first, *later)
    await killed.run(*before)
    folded = await killed.fold(*first)
    await killed.fold(*later)
    await killed.batches.write(folded)
    mended = successor(killed)
    await mended.run(webinar(starts_at=moment(0)), *later)
    for row in straight.latest():
        (other,) = of(mended.latest(), person_id=row["person_id"])
        for name in ("same_as", "interval_start", "interval_end", "registration_at", "begin_used"):
            assert other[name] == row[name], (row["person_id"], name)


async def test_batches_are_written_in_turn_and_done_in_turn() -> None:
    worker = Worker()
    one = await worker.fold(registration(1))
    first = worker.delivery
    two = await worker.fold(registration(2))
    await worker.batches.write(one)
    assert not first.unfinished
    assert not worker.done
    await worker.batches.write(two)
    assert worker.done
    assert {row["person_id"] for row in worker.store.rows["persons"]} == {p(1), p(2)}


async def test_a_webinar_is_kept_until_all_its_batches_are_written() -> None:
    worker = Worker(cached_persons=1)
    one = await worker.fold(registration(1, webinar_id="zoom:1"))
    two = await worker.fold(
        registration(1, webinar_id="zoom:1", event_id="again"), registration(1, webinar_id="zoom:2")
    )
    await worker.batches.write(one)
    assert len(worker.batches.memory) == 2
    await worker.batches.write(two)
    assert len(worker.batches.memory) == 1
