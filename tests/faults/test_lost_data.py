"""ClickHouse's folder is gone, a table of it, or Kafka's folder: workers refuse to go on, and the way out leads out."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from funnel.rebuild.command import Source, rebuild
from funnel.rebuild.kafka import RebuildError
from funnel.report.verify import Result, verify
from streams.create_topics import TopicsError, create_topics, ensure_topics
from streams.fatal import FATAL
from streams.settings import Settings
from tests.contract_events import Event, hour_long, identity, r, registration, stay
from tests.e2e.stack import Stack, running_stack
from tests.servers.worker import Worker
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.long]

PERSONS = 200


def test_what_was_lost_is_told_and_comes_back(tmp_path: Path) -> None:
    with (
        running_stack(tmp_path, partitions=2) as stack,
        closing(Worker(stack.config, tmp_path / "worker.log")) as worker,
    ):
        stack.publish(_events("before"))
        worker.start()
        stack.wait_until_handled()
        with pytest.raises(RebuildError, match=r"workers are running \(1\): stop them first"):
            _rebuild(stack.config)
        assert worker.stop() == 0
        before = verify(stack.config, timeout=PATIENCE)
        assert (before.webinars, before.persons, before.mismatches) == (2, PERSONS, [])

        _lose_clickhouse(stack)
        _assert_refused(worker, f"committed {before.events:,} records, but ClickHouse has no raw log")
        assert _counts(_rebuild(stack.config, worker)) == _counts(before)
        assert worker.stop() == 0

        _lose_rows(stack)
        _assert_refused(worker, f"committed {before.events:,} records, but ClickHouse has no row of a person")
        assert verify(stack.config, timeout=PATIENCE).mismatches
        # The raw log has all of it, and no worker is needed.
        assert _counts(_rebuild(stack.config)) == _counts(before)

        _lose_kafka(stack)
        with pytest.raises(TopicsError, match=r"Kafka does not have 4 topics, .* set FUNNEL_EPOCH=1"):
            ensure_topics(stack.config)
        # Whoever makes them all the same: the worker does not go on.
        create_topics(stack.config)
        _assert_refused(worker, "Kafka's data was lost or replaced. Put a backup of Kafka's folder back; or set FUNNEL")

        later = stack.config.model_copy(update={"epoch": 1})
        stack.publish(_events("after"))
        with closing(Worker(later, tmp_path / "later.log")) as successor:
            successor.start()
            after = verify(later, timeout=PATIENCE)
            assert (after.webinars, after.persons, after.mismatches) == (4, 2 * PERSONS, [])
            assert successor.stop() == 0
            # What only ClickHouse has, and what Kafka has too.
            assert _counts(_rebuild(later, successor)) == _counts(after)


def _events(name: str) -> Iterator[Event]:
    """Of two webinars, with links between ids."""
    for number in range(2):
        yield from hour_long(f"{name}:{number}")
    for person in range(PERSONS):
        webinar_id = f"{name}:{person % 2}"
        yield registration(person, webinar_id=webinar_id)
        yield identity(person, person, 0, webinar_id)
        yield from stay(r(person), 0, 40, webinar_id)


def _rebuild(config: Settings, worker: Worker | None = None, source: Source | None = None) -> Result:
    """The worker is started once it is asked for."""

    def progress(text: str) -> None:
        if worker is not None and not worker.running and text.startswith("waiting for the workers"):
            worker.start()

    return rebuild(config, source, PATIENCE, print, progress)


def _counts(result: Result) -> tuple[object, ...]:
    return result.webinars, result.persons, result.events, result.mismatches


def _assert_refused(worker: Worker, why: str) -> None:
    said_before = worker.log.stat().st_size if worker.log.exists() else 0
    worker.start()
    assert worker.wait() == 1
    said = worker.log.read_bytes()[said_before:].decode()
    assert why in next(line for line in said.splitlines() if line.startswith(FATAL))
    assert "ready" not in said


def _lose_clickhouse(stack: Stack) -> None:
    stack.clickhouse.stop()
    shutil.rmtree(stack.clickhouse.data_dir)
    stack.clickhouse.start()
    migrate(create_database(stack.config), stack.config)


def _lose_rows(stack: Stack) -> None:
    """All persons, and what is right of the webinars."""
    with closing(connect(stack.config, user="migrator")) as client:
        client.command("TRUNCATE TABLE persons SYNC")
        client.command("INSERT INTO webinars SELECT * REPLACE (version + 1 AS version, 0 AS begin) FROM webinars FINAL")


def _lose_kafka(stack: Stack) -> None:
    stack.kafka.stop()
    shutil.rmtree(stack.kafka.folder / "data")
    stack.kafka.start()
