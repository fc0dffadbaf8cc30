"""`funnel verify` names what is wrong, and nothing else."""

import asyncio
import re
from contextlib import closing

import orjson
import pytest
from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import CoordinatorNotAvailableError
from kafka.structs import OffsetAndMetadata
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed
from typer.testing import CliRunner

from contract.decode import DeadLetter, decode
from contract.events import EVENT as CONTRACT
from contract.partition import partition_of
from contract.topics import ATTENDANCE, PARTITIONS
from funnel.cli.app import app
from funnel.report import kafka_log, kept
from funnel.report import verify as module
from funnel.report.kafka_log import compare_with_kafka
from funnel.report.verify import Mismatch, Result, compare, compare_kept, verify
from streams.create_topics import create_topics
from streams.fold.lines import EVENT_COLUMNS, LetterRow, event_row, letter_line
from streams.jobs.current import Current
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import Event, at, attendance, hour_long, identity, moment, r, registration, stay
from tests.rows import RawRecord, insert, put
from tests.servers.kafka import KafkaServer


def events() -> list[Event]:
    return [
        *hour_long(),
        *(registration(person, source={"utm_source": "vk" if person % 2 else "mail"}) for person in range(5)),
        *(event for person in range(4) for event in stay(person, 0, 10 * person)),
        attendance(9, "joined", 10),
        registration(r(7), webinar_id="x:1"),
        identity(7, 8, 0, webinar_id="x:1"),
        identity(7, 9, 1, webinar_id="x:1"),
    ]


@pytest.fixture
def filled(store: Client, own_config: Settings) -> Client:
    put(store, own_config, events())
    return store


def test_right_numbers_have_no_mismatch(filled: Client, own_config: Settings) -> None:
    result = compare(filled, own_config, at(120))
    assert str(result) == "webinars=2 persons=8 events=18 dead_letters=0 mismatches=0"


def test_a_lost_person_is_named_with_every_number_it_changes(filled: Client, own_config: Settings) -> None:
    filled.command("DELETE FROM persons WHERE person_id = {person:String}", {"person": f"p_{3:032x}"})
    mismatches = compare(filled, own_config, at(120)).mismatches
    assert Mismatch("zoom:1", None, "registrations", 4, 5) in mismatches
    assert Mismatch("zoom:1", "vk", "visits_30m", 0, 1) in mismatches
    assert {one.webinar_id for one in mismatches} == {"zoom:1"}
    assert {one.source_group for one in mismatches} == {None, "vk"}
    assert "zoom:1 [vk]: visits_30m says 0, should be 1" in map(str, mismatches)


def test_a_lost_event_is_a_mismatch_too(filled: Client, own_config: Settings) -> None:
    filled.command("DELETE FROM events WHERE event LIKE '%' || {person:String} || '%'", {"person": f"p_{9:032x}"})
    mismatches = compare(filled, own_config, at(120)).mismatches
    assert Mismatch("zoom:1", None, "walk_ins", 1, 0) in mismatches
    assert Mismatch("zoom:1", "Walk-in", "numbers", "a row", "no row") in mismatches


def test_a_webinar_that_the_report_or_the_log_lacks_is_named(filled: Client, own_config: Settings) -> None:
    filled.command("DELETE FROM webinar_instants WHERE webinar_id = 'x:1'")
    filled.command("DELETE FROM events WHERE webinar_id = 'zoom:1'")
    mismatches = compare(filled, own_config, at(120)).mismatches
    assert Mismatch("x:1", None, "numbers", "no row", "a row") in mismatches
    assert Mismatch("zoom:1", None, "numbers", "a row", "no row") in mismatches


def test_a_webinar_without_a_number_that_the_log_lacks_is_named_too(filled: Client, own_config: Settings) -> None:
    put(filled, own_config, hour_long("zoom:9"))
    filled.command("DELETE FROM events WHERE webinar_id = 'zoom:9'")
    assert compare(filled, own_config, at(120)).mismatches == [Mismatch("zoom:9", None, "numbers", "a row", "no row")]


def test_a_wrong_label_is_a_mismatch(filled: Client, own_config: Settings) -> None:
    wrong_zone = own_config.model_copy(update={"default_timezone": "Asia/Tokyo"})
    named = {one.number for one in compare(filled, wrong_zone, at(120)).mismatches}
    assert named == {"week", "weekday", "hour"}


def test_a_repeated_delivery_in_the_log_changes_nothing(filled: Client, own_config: Settings) -> None:
    filled.command("INSERT INTO events SELECT * FROM events")
    assert compare(filled, own_config, at(120)).events == 18


def test_webinars_are_compared_batch_by_batch(
    filled: Client, own_config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EVENTS_AT_ONCE", 1)
    result = compare(filled, own_config, at(120))
    assert (result.webinars, result.events, result.mismatches) == (2, 18, [])


@pytest.fixture(scope="module")
def kafka_bootstrap(kafka: KafkaServer) -> str:
    """A Kafka with empty topics: the workers have nothing left to do."""
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap))
    return kafka.bootstrap


@pytest.mark.kafka
def test_what_heals_when_looked_at_again_is_no_mismatch(
    filled: Client, own_config: Settings, kafka_bootstrap: str
) -> None:
    config = own_config.model_copy(update={"kafka_bootstrap": kafka_bootstrap})
    filled.command("CREATE TABLE late AS persons")
    filled.command("INSERT INTO late SELECT * FROM persons")
    filled.command("DELETE FROM persons WHERE person_id = {person:String}", {"person": f"p_{3:032x}"})
    assert {one.webinar_id for one in verify(config, at(120)).mismatches} == {"zoom:1"}

    def arrive(said: str) -> None:
        if said.startswith("compared"):
            filled.command("INSERT INTO persons SELECT * FROM late")

    result = verify(config, at(120), progress=arrive)
    assert str(result) == "webinars=2 persons=8 events=18 dead_letters=0 mismatches=0 kafka_records=0 missing=0"
    assert verify(config).mismatches == []


@pytest.mark.kafka
def test_a_wrong_peak_is_named_and_the_command_ends_with_1(
    filled: Client, own_config: Settings, kafka_bootstrap: str
) -> None:
    config = own_config.model_copy(update={"kafka_bootstrap": kafka_bootstrap})
    assert CliRunner().invoke(app, ["verify"], env=environment(config)).exit_code == 0
    asyncio.run(write_settled_counts(Store(config), margin_seconds=0))
    filled.command(
        "INSERT INTO settled_counts SELECT * REPLACE (settled_at + toIntervalMillisecond(1) AS settled_at,"
        " [(watching[1].1, watching[1].2 + 1, watching[1].3)] AS watching)"
        " FROM settled_counts FINAL WHERE webinar_id = 'zoom:1'"
    )
    said = CliRunner().invoke(app, ["verify"], env=environment(config))
    assert said.exit_code == 1
    (mismatch, result) = said.stdout.splitlines()
    assert re.fullmatch(r"zoom:1: peak_viewers says (\d+), should be (\d+)", mismatch)
    assert result.startswith("different: ")


EVENT = [attendance(person, "joined", 10) for person in range(7)]
RIGHT = partition_of("zoom:1", PARTITIONS)
WRONG = (RIGHT + 1) % PARTITIONS


def value(event: Event, **changed: str) -> bytes:
    return orjson.dumps(event | changed)


@pytest.fixture
def published(store: Client, own_config: Settings, kafka_bootstrap: str) -> Settings:
    """Events, repeats, records that are no events, one on a wrong partition; all of them committed and stored."""
    repeat = value(EVENT[2], received_at=moment(500))
    values = [*map(value, EVENT[:6]), repeat, b"no JSON", value(EVENT[6]), None, b'{"event_id": 7}']
    records = [(RIGHT, offset, said) for offset, said in enumerate(values)] + [(WRONG, 0, value(EVENT[6]))]
    config = own_config.model_copy(update={"kafka_bootstrap": kafka_bootstrap})
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap)
    for partition, offset, said in records:
        sent = producer.send(ATTENDANCE.name, key=b"zoom:1", value=said, partition=partition, timestamp_ms=offset).get(
            30
        )
        record = RawRecord(said, ATTENDANCE.name, partition, offset, offset)
        assert sent.offset == offset
        event = decode(said, ATTENDANCE, at(30 * 24 * 60))
        if isinstance(event, DeadLetter):
            insert(store, "dead_letters", LetterRow, [letter_line(record, event)])
        elif partition == RIGHT:
            insert(store, "events", EVENT_COLUMNS, [event_row(event, record)])
    producer.close()
    commit(config, {RIGHT: len(values), WRONG: 1})
    return config


# Kafka makes the topic of commits when a group first asks for it.
@retry(retry=retry_if_exception_type(CoordinatorNotAvailableError), wait=wait_fixed(0.2), stop=stop_after_delay(60))
def commit(config: Settings, offsets: dict[int, int]) -> None:
    places = {TopicPartition(ATTENDANCE.name, partition): offset for partition, offset in offsets.items()}
    with closing(KafkaAdminClient(bootstrap_servers=config.kafka_bootstrap)) as admin:
        admin.alter_group_offsets(
            config.consumer_group, {place: OffsetAndMetadata(offset, "", -1) for place, offset in places.items()}
        )


def line(partition: int, said: str) -> str:
    return f"{ATTENDANCE.name} partition {partition}: {said}"


@pytest.mark.kafka
def test_what_the_raw_log_has_lost_kafka_tells(
    store: Client, published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_log, "_RECORDS_AT_ONCE", 4)
    monkeypatch.setattr(kafka_log, "_KEYS_BYTES", 100)
    store.command("OPTIMIZE TABLE events FINAL")
    whole = compare_with_kafka(published, store)
    assert (whole.records, whole.missing, whole.lines()) == (12, 0, [])

    # Two events are lost, one of them with its repeat, whose id has another content now; and a dead letter.
    store.command(
        "DELETE FROM events WHERE event_id IN {lost:Array(String)}",
        {"lost": [EVENT[number]["event_id"] for number in (1, 2, 6)]},
    )
    other = value(EVENT[2], kind="left")
    record = RawRecord(other, ATTENDANCE.name, RIGHT, 99, 99)
    insert(store, "events", EVENT_COLUMNS, [event_row(CONTRACT.validate_json(other), record)])
    store.command("DELETE FROM dead_letters WHERE offset = 9")
    lost = "records are committed that the raw log does not hold"
    out = "funnel rebuild rebuilds the tables from Kafka"
    assert compare_with_kafka(published, store).lines() == sorted(
        [
            line(RIGHT, f"5 {lost} (offsets 1..2, 6, 8..9): {out}"),
            line(WRONG, f"1 record is committed that the raw log does not hold (offset 0): {out}"),
        ]
    )
    result = verify(published, at(120), timeout=10)
    assert (result.right, result.missing) == (False, 6)
    assert str(result).endswith(" kafka_records=12 missing=6")

    store.command("TRUNCATE TABLE events")
    store.command("TRUNCATE TABLE dead_letters")
    assert line(RIGHT, f"11 {lost} (offsets 0..10): {out}") in compare_with_kafka(published, store).lines()

    with closing(KafkaAdminClient(bootstrap_servers=published.kafka_bootstrap)) as admin:
        admin.delete_records({TopicPartition(ATTENDANCE.name, RIGHT): 9})
    commit(published, {(RIGHT + 2) % PARTITIONS: 50})
    assert set(compare_with_kafka(published, store).lines()) >= {
        line(RIGHT, f"2 {lost} (offsets 9..10): {out}"),
        line(RIGHT, "not compared: Kafka no longer has the 9 records before offset 9"),
        line(
            (RIGHT + 2) % PARTITIONS,
            "not compared: offsets up to 50 are committed, but Kafka's log ends at 0: the topic was recreated",
        ),
    }
    said = CliRunner().invoke(app, ["verify"], env=environment(published))
    assert said.exit_code == 1
    assert f"(offsets 9..10): {out}" in said.stdout
    assert said.stdout.splitlines()[-1].startswith("different: webinars=0 ")


def environment(config: Settings) -> dict[str, str]:
    return {
        "FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port),
        "FUNNEL_CLICKHOUSE_DATABASE": config.clickhouse_database,
        "FUNNEL_KAFKA_BOOTSTRAP": config.kafka_bootstrap,
    }


def test_an_empty_store_verifies(store: Client, own_config: Settings) -> None:
    assert str(compare(store, own_config, at(0))) == "webinars=0 persons=0 events=0 dead_letters=0 mismatches=0"


def test_what_is_kept_of_the_present_is_compared_where_pages_read_it(
    filled: Client, own_config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Result(at=at(120))
    compare_kept(filled, own_config, before)
    assert (before.kept, before.mismatches) == (None, []), "no job has worked: pages compute"
    asyncio.run(Current(Store(own_config)).work())
    filled.command("INSERT INTO current_turns SELECT 1, now64(3) + 3600, thresholds FROM rules FINAL")
    right = Result(at=at(120))
    compare_kept(filled, own_config, right)
    assert (right.kept, right.mismatches) == (2, [])
    later = "SELECT * REPLACE (made_at + toIntervalMillisecond(1) AS made_at, {}) FROM current_webinars FINAL"
    stale = "arrayMap(one -> arrayMap((n, i) -> if(i = 1, n - 1, n), one, arrayEnumerate(one)), numbers) AS numbers"
    filled.command(f"INSERT INTO current_webinars {later.format(stale)} WHERE webinar_id = 'zoom:1'")
    filled.command("DELETE FROM current_webinars WHERE webinar_id = 'x:1'")
    wrong = Result(at=at(120))
    compare_kept(filled, own_config, wrong)
    assert "zoom:1 [vk]: what is kept of registrations says 1, should be 2" in map(str, wrong.mismatches)
    assert "x:1: what is kept of numbers says 'no row', should be 'a row'" in map(str, wrong.mismatches)
    assert {one.webinar_id for one in wrong.mismatches} == {"x:1", "zoom:1"}
    # The job stands still: pages soon compute their numbers, and nobody sees these.
    answers = iter([True])
    monkeypatch.setattr(kept, "in_use", lambda *_: next(answers, False))
    monkeypatch.setattr(kept, "complete_until", lambda _: 0)
    unread = Result(at=at(120))
    compare_kept(filled, own_config, unread)
    assert unread.mismatches == []
