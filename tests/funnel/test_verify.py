"""`funnel verify` names what is wrong, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from funnel import verify as module
from funnel.verify import Mismatch, compare, verify
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.contract_events import Event, at, attendance, hour_long, identity, r, registration, stay
from tests.rows import put
from tests.servers.kafka import local_kafka


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
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Kafka with empty topics: the workers have nothing left to do."""
    folder: Path = tmp_path_factory.mktemp("kafka")
    with local_kafka(folder) as server:
        create_topics(Settings(_env_file=None, kafka_bootstrap=server.bootstrap))
        yield server.bootstrap


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
    assert str(result) == "webinars=2 persons=8 events=18 dead_letters=0 mismatches=0"
    assert verify(config).mismatches == []


def test_an_empty_store_verifies(store: Client, own_config: Settings) -> None:
    assert str(compare(store, own_config, at(0))) == "webinars=0 persons=0 events=0 dead_letters=0 mismatches=0"
