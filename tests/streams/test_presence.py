"""What a worker says of itself in the table worker_runs."""

import os
import subprocess
import sys
import time
from typing import Any

import pytest

from process.errors import FORMER_END
from process.heartbeat import Heartbeat
from process.logs import NAMED
from streams.presence import SECONDS, Presence
from tests.streams.conftest import Database

_SAID = "SELECT seen_at, told_to_end, fails, failed_at, error FROM worker_runs FINAL"


class Clock:
    """Stands still until it is set. Of now: rows are kept for 30 days."""

    def __init__(self) -> None:
        self.now = time.time() // 1

    def __call__(self) -> float:
        return self.now

    @property
    def ms(self) -> int:
        return round(1000 * self.now)


def _said(database: Database) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.client.query(_SAID).result_rows]


async def test_it_says_its_name_and_why_the_run_before_it_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAMED, "worker-7")
    monkeypatch.setenv(FORMER_END, "ended by SIGKILL")
    clock = Clock()
    await Presence(Heartbeat(None), clock).turn(database.store)
    asked = "SELECT worker, began_at, former_error, host != '' FROM worker_runs"
    assert database.client.query(asked).result_rows == [("worker-7", clock.ms, "ended by SIGKILL", True)]
    monkeypatch.delenv(NAMED)
    await Presence(Heartbeat(None), clock).turn(database.store)
    asked = "SELECT worker FROM worker_runs ORDER BY worker = 'worker-7'"
    assert database.client.query(asked).result_rows == [(f"worker (pid {os.getpid()})",), ("worker-7",)]


async def test_it_says_every_minute_that_it_is_there_and_at_once_what_fails(database: Database) -> None:
    clock, heart = Clock(), Heartbeat(None)
    presence = Presence(heart, clock)
    await presence.turn(database.store)
    assert _said(database) == [(began := clock.ms, 0, 0, 0, "")]
    clock.now += SECONDS - 1
    await presence.turn(database.store)
    assert _said(database) == [(began, 0, 0, 0, "")]
    clock.now += 1
    await presence.turn(database.store)
    assert _said(database) == [(clock.ms, 0, 0, 0, "")]

    clock.now += 1
    heart.fails("snapshots", "Memory limit exceeded")
    await presence.turn(database.store)
    failed = clock.ms
    assert _said(database) == [(failed, 0, 1, failed, "snapshots: Memory limit exceeded")]
    clock.now += 1
    heart.works("snapshots")
    await presence.turn(database.store)
    # What failed last is kept.
    assert _said(database) == [(clock.ms, 0, 0, failed, "snapshots: Memory limit exceeded")]


async def test_what_clickhouse_does_not_take_is_said_at_the_next_turn(database: Database) -> None:
    clock = Clock()
    presence = Presence(Heartbeat(None), clock)
    database.client.command("RENAME TABLE worker_runs TO away")
    await presence.turn(database.store)
    database.client.command("RENAME TABLE away TO worker_runs")
    assert _said(database) == []
    clock.now += 1
    await presence.turn(database.store)
    assert _said(database) == [(clock.ms, 0, 0, 0, "")]


@pytest.mark.parametrize("told", [True, False])
async def test_its_last_word_is_whether_it_was_told_to_end(database: Database, told: bool) -> None:
    clock = Clock()
    presence = Presence(Heartbeat(None), clock)
    await presence.turn(database.store)
    clock.now += 1
    presence.end(database.config, told=told)
    assert _said(database) == [(clock.ms, told, 0, 0, "")]


def test_a_last_word_that_nobody_hears_holds_up_nobody() -> None:
    code = (
        "from process.heartbeat import Heartbeat; from streams.presence import Presence\n"
        "from streams.settings import settings\n"
        "Presence(Heartbeat(None)).end(settings(), told=True)"
    )
    nowhere = {**os.environ, "CLICKHOUSE_HOST": "127.0.0.1", "CLICKHOUSE_PORT": "1"}
    subprocess.run([sys.executable, "-c", code], env=nowhere, check=True, timeout=60)


async def test_the_last_word_of_one_that_cannot_go_on_is_why(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("streams.presence.reason", lambda: "ClickHouse did not answer well for 300 s")
    Presence(Heartbeat(None), clock).end(database.config, told=False)
    assert _said(database) == [(clock.ms, 0, 1, clock.ms, "ClickHouse did not answer well for 300 s")]
