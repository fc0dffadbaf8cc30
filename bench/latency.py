"""How long an event takes from produce to visible row, while others come at a steady rate."""

import asyncio
import json
import statistics
import time

from aiokafka import AIOKafkaProducer
from clickhouse_connect.driver.client import Client

from bench.load import events, statements
from clickhouse.client import connect
from streams.settings import Settings

_PROBE_SECONDS = 0.1
_SENT_TOGETHER = 20


async def latencies(config: Settings, seconds: int, rate: int = 1_000, seed: int = 3) -> dict[str, float]:
    """Milliseconds from produce to visible row, of a probe every 100 ms among `rate` events a second.

    A second run needs another seed: the same people have rows already.
    """
    producer = AIOKafkaProducer(bootstrap_servers=config.kafka_bootstrap)
    await producer.start()
    client = connect(config, user="reader")
    background = asyncio.create_task(_background(producer, seconds, rate, seed + 1))
    taken = []
    try:
        for topic, key, value in events(seconds * 10, seconds * 10, 1, seed):
            began = time.monotonic()
            await producer.send_and_wait(topic, value, key)
            person = json.loads(value)["person_id"]
            await asyncio.to_thread(_wait_for, client, key.decode(), person)
            taken.append((time.monotonic() - began) * 1000)
            if background.done():
                break
            await asyncio.sleep(max(0.0, began + _PROBE_SECONDS - time.monotonic()))
        await background
    finally:
        await producer.stop()
        client.close()
    cuts = statistics.quantiles(taken, n=100)
    return {"rate": rate, "probes": len(taken)} | {f"p{cut}": round(cuts[cut - 1], 1) for cut in (50, 95, 99)}


def _wait_for(client: Client, webinar_id: str, person_id: str) -> None:
    query = "SELECT count() FROM persons WHERE webinar_id = {webinar:String} AND person_id = {person:String}"
    while not int(str(client.command(query, parameters={"webinar": webinar_id, "person": person_id}))):
        time.sleep(0.005)


async def _background(producer: AIOKafkaProducer, seconds: int, rate: int, seed: int) -> None:
    for topic, key, value in statements(5, seed):
        await producer.send(topic, value, key)
    began = time.monotonic()
    for number, (topic, key, value) in enumerate(events(seconds * rate, seconds * rate // 10, 5, seed)):
        await producer.send(topic, value, key)
        if number % _SENT_TOGETHER == 0:
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
