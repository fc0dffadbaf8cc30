"""Contenders on the same events in turns: a round of warm-up, then several that count. What is claimed is their ratio.

Turns and medians, because a machine with other users is faster in one minute than in the next. A contender whose rows
differ from those of the first one has no result.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client
from rich.console import Console

from bench.contender import Contender, Running, cpu_seconds, running
from bench.load import Load, Sent
from bench.stack import clickhouse_process, emptied
from clickhouse.client import connect
from process.kafka import reach
from streams.settings import Settings

_LOOK_SECONDS = 0.05
_STUCK_SECONDS = 60.0


@dataclass(frozen=True)
class Turn:
    """One contender's work on all events, from readiness to the last event's row."""

    seconds: float
    events_per_second: float
    cpu_us: float
    """CPU of the contender, microseconds an event."""
    clickhouse_cpu_us: float
    peak_mb: float
    rows: str
    """A fingerprint of the persons and the raw log."""


async def publish(config: Settings, load: Iterable[Sent]) -> int:
    """Publishes as fast as the broker takes it; returns how many."""
    producer = AIOKafkaProducer(**reach(config), linger_ms=20, max_batch_size=262_144)
    await producer.start()
    count = 0
    try:
        for topic, key, value in load:
            await producer.send(topic, value, key)
            count += 1
    finally:
        await producer.stop()
    return count


def in_turns(
    contenders: Sequence[Contender],
    config: Settings,
    load: Load,
    rounds: int,
    console: Console,
    take_other: Callable[[Contender, int], Turn] | None = None,
) -> dict[str, list[Turn]]:
    """Publishes the load, then lets each contender work on all of it in every round.

    `take_other` takes the turns of contenders that have to warm up.
    """
    console.print(f"publishing {load.total:,} events")
    asyncio.run(publish(config, load.sent()))
    turns: dict[str, list[Turn]] = {one.name: [] for one in contenders}
    for number in range(rounds + 1):
        for one in contenders:
            warm = take_other if one.warm_seconds else None
            turn = warm(one, number) if warm else take(one, config, load.total, number)
            console.print(
                f"{'warm-up' if number == 0 else f'round {number}'}: {one.name} {turn.events_per_second:,.0f}/s"
            )
            if number:
                turns[one.name].append(turn)
    return turns


def take(contender: Contender, config: Settings, count: int, number: int, empty: bool = True) -> Turn:
    """One turn in a group of its own, on empty tables unless asked otherwise."""
    if empty:
        emptied(config)
    name = contender.name.replace(" ", "-").lower()
    own = config.model_copy(update={"consumer_group": f"bench-{name}-{number}"})
    server = clickhouse_process(config)
    with running(contender, own, config.data_dir / f"{name}.log") as process:
        return measured(process, own, count, cpu_seconds(server))


def measured(
    process: Running,
    config: Settings,
    count: int,
    server_cpu: float,
    progress: Callable[[Client], int] | None = None,
) -> Turn:
    """Waits until the raw log has reached all `count` records of Kafka, or `progress` says so."""
    began, cpu = time.monotonic(), process.cpu_seconds
    with closing(connect(config, user="migrator")) as client:
        _wait(process, client, count, progress or reached)
        seconds, used = time.monotonic() - began, process.cpu_seconds - cpu
        server = cpu_seconds(clickhouse_process(config)) - server_cpu
        peak = process.peak_mb
        rows = _settled_rows(client)
    return Turn(
        round(seconds, 2),
        round(count / seconds),
        round(used / count * 1e6, 1),
        round(server / count * 1e6, 1),
        round(peak),
        rows,
    )


def _wait(process: Running, client: Client, count: int, progress: Callable[[Client], int]) -> None:
    """Raises SystemExit with the contender's last words when it has got no further for a while."""
    known, since = -1, time.monotonic()
    while (now := progress(client)) < count:
        process.require_alive()
        if now != known:
            known, since = now, time.monotonic()
        if time.monotonic() - since > _STUCK_SECONDS:
            words = process.log.read_text(errors="replace")[-2_000:]
            raise SystemExit(f"no further than {now:,} of {count:,} events for {_STUCK_SECONDS:.0f} s:\n{words}")
        time.sleep(_LOOK_SECONDS)


def reached(client: Client) -> int:
    """How many records of Kafka the raw log has reached: of a repeated event it keeps one, so rows would be too few."""
    last = "SELECT max(offset) + 1 AS records FROM events GROUP BY topic, partition"
    return int(str(client.command(f"SELECT sum(records) FROM ({last})")))


def rows(client: Client) -> int:
    """How many rows the raw log has: for a log that was emptied while Kafka went on, and events that come once."""
    return int(str(client.command("SELECT count() FROM events")))


def _settled_rows(client: Client) -> str:
    """The fingerprint once it no longer changes: the persons of the last batch come after its events."""
    last = ""
    while (now := fingerprint(client)) != last:
        last = now
        time.sleep(0.5)
    return now


def fingerprint(client: Client) -> str:
    """Of all that people read: persons without their version and state, and the raw log without times and offsets."""
    columns = client.query(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'persons'"
        " AND name NOT IN ('version', 'state') ORDER BY name"
    ).result_columns[0]
    persons = f"SELECT count(), sum(cityHash64({', '.join(columns)})) FROM persons FINAL"
    log = "SELECT count(), sum(cityHash64(webinar_id, event_id, topic, partition, event)) FROM events"
    return " ".join(str(value) for query in (persons, log) for value in client.query(query).result_rows[0])


def summary(turns: dict[str, list[Turn]]) -> dict[str, dict[str, Any]]:
    """Medians, spread (least and most) and ratios to the first contender, whose rows the others must have."""
    first, *_ = turns.values()
    return {name: _of_one(found, first) for name, found in turns.items()}


def _of_one(found: Sequence[Turn], first: Sequence[Turn]) -> dict[str, Any]:
    speeds, cpu = [one.events_per_second for one in found], [one.cpu_us for one in found]
    whole = [one.cpu_us + one.clickhouse_cpu_us for one in found]
    return {
        "equal_rows": {one.rows for one in found} == {first[0].rows},
        "events_per_second": statistics.median(speeds),
        "spread": [min(speeds), max(speeds)],
        "cpu_us_per_event": statistics.median(cpu),
        "clickhouse_cpu_us_per_event": round(statistics.median(whole) - statistics.median(cpu), 1),
        "peak_mb": max(one.peak_mb for one in found),
        "ours_is_faster_by": ratio([one.events_per_second for one in first], speeds),
        "ours_needs_less_cpu_by": ratio(cpu, [one.cpu_us for one in first]),
        "turns": [asdict(one) for one in found],
    }


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """The median of the ratios of each round, in which both met the same machine."""
    return round(statistics.median(one / other for one, other in zip(numerators, denominators, strict=True)), 2)
