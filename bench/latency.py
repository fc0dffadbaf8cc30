"""How long an event takes from produce to visible row, while others come at a steady rate."""

import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client

from bench.load import events, statements
from clickhouse.client import connect
from process.kafka import reach
from streams.settings import Settings

_PROBE_SECONDS = 0.25
"""Rare enough: each probe asks again and again until it sees its row, and what that costs is taken from the worker."""
_SENT_TOGETHER = 20


def latencies(config: Settings, seconds: int, rate: int = 1_000, seed: int = 3) -> dict[str, float]:
    """Milliseconds from produce to visible row, of a probe every quarter of a second among `rate` events a second.

    A second run needs another seed: the same people have rows already.
    """
    with _others(config, seconds, rate, seed + 1):
        taken = asyncio.run(_probes(config, seconds, seed))
    cuts = statistics.quantiles(taken, n=100)
    return {"rate": rate, "probes": len(taken)} | {f"p{cut}": round(cuts[cut - 1], 1) for cut in (50, 95, 99)}


async def _probes(config: Settings, seconds: int, seed: int) -> list[float]:
    producer = AIOKafkaProducer(**reach(config))
    await producer.start()
    client = connect(config, user="reader")
    most = round(seconds / _PROBE_SECONDS)
    taken: list[float] = []
    try:
        until = time.monotonic() + seconds
        for topic, key, value in events(most, most, 1, seed):
            began = time.monotonic()
            if began > until:
                break
            await producer.send_and_wait(topic, value, key)
            person = json.loads(value)["person_id"]
            await asyncio.to_thread(_wait_for, client, key.decode(), person)
            taken.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(max(0.0, began + _PROBE_SECONDS - time.monotonic()))
    finally:
        await producer.stop()
        client.close()
    return taken


def _wait_for(client: Client, webinar_id: str, person_id: str) -> None:
    query = "SELECT count() FROM persons WHERE webinar_id = {webinar:String} AND person_id = {person:String}"
    while not int(str(client.command(query, parameters={"webinar": webinar_id, "person": person_id}))):
        time.sleep(0.005)


@contextmanager
def _others(config: Settings, seconds: int, rate: int, seed: int) -> Iterator[None]:
    """Other people's events meanwhile, from a process of its own: a probe must not wait for them to be sent."""
    spawned = multiprocessing.get_context("spawn")
    begun = spawned.Event()
    process = spawned.Process(target=_send_others, args=(config, seconds, rate, seed, begun), daemon=True)
    process.start()
    begun.wait()
    try:
        yield
        process.join()
    finally:
        process.terminate()
    if process.exitcode:
        raise SystemExit(f"the events beside the probes were not sent: exit status {process.exitcode}")


def _send_others(config: Settings, seconds: int, rate: int, seed: int, begun: Event) -> None:
    sent = [*statements(5, seed), *events(seconds * rate, seconds * rate // 10, 5, seed)]

    async def send() -> None:
        producer = AIOKafkaProducer(**reach(config))
        await producer.start()
        begun.set()
        began = time.monotonic()
        for number, (topic, key, value) in enumerate(sent):
            await producer.send(topic, value, key)
            if number % _SENT_TOGETHER == 0:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        await producer.stop()

    asyncio.run(send())
