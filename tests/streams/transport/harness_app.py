"""A worker for the tests: its agents write each finished chunk to a ledger, a file that only grows.

A line of the ledger is one JSON object, written with one system call, so that it survives SIGKILL. A finished chunk,
before its done(): topic, partition, first, last; `behind`, the milliseconds from the last record's timestamp to its
arrival; `unfinished`, how many chunks there were in memory. A new assignment: `assigned`, its partitions. A chunk held
back: `held`, its first offset.
"""

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import faust

from contract.topics import Topic
from streams.settings import Settings
from streams.transport import Chunk, app_options, chunk_topic


class Ledger:
    """Appends lines."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, **line: Any) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def finished(self, topic: str, partition: int, first: int, last: int, **more: int) -> None:
        self.write(topic=topic, partition=partition, first=first, last=last, **more)


def unfinished(app: faust.App) -> int:
    """How many chunks the app holds in memory."""
    return sum(not mark.done for progress in app.consumer._delivery._partitions.values() for mark in progress.marks)


def plain_agents(app: faust.App, options: argparse.Namespace, ledger: Ledger) -> None:
    """Finishes every chunk in order, after `--work` seconds; all but the first only when the `--gate` exists."""
    began = False

    async def work() -> None:
        nonlocal began
        await asyncio.sleep(options.work)
        while began and options.gate and not options.gate.exists():
            await asyncio.sleep(0.05)
        began = True

    for name in options.topics.split(","):

        async def agent(chunks: Any) -> None:
            async for chunk in chunks:
                behind = round(time.time() * 1000) - chunk.records[-1].timestamp
                await work()
                offsets = [record.offset for record in chunk]
                assert offsets == list(range(chunk.first, chunk.last + 1)), f"not consecutive: {chunk}"
                if b"poison" in {record.value for record in chunk}:
                    raise ValueError("poison")
                if chunk.current:
                    ledger.finished(
                        chunk.tp.topic,
                        chunk.tp.partition,
                        chunk.first,
                        chunk.last,
                        behind=behind,
                        unfinished=unfinished(app),
                    )
                    chunk.done()

        app.agent(chunk_topic(app, Topic(name, frozenset())), name=name)(agent)


def holding_agent(app: faust.App, options: argparse.Namespace, ledger: Ledger) -> None:
    """Finishes chunks in the background; one that contains `--hold` is never finished."""

    async def finish(chunk: Chunk) -> None:
        if chunk.first <= options.hold <= chunk.last:
            ledger.write(held=chunk.first)
            await asyncio.Event().wait()
        ledger.finished(chunk.tp.topic, chunk.tp.partition, chunk.first, chunk.last)
        chunk.done()

    @app.agent(chunk_topic(app, Topic(options.topics, frozenset())))  # type: ignore[untyped-decorator]
    async def agent(chunks: Any) -> None:
        running = set()
        async for chunk in chunks:
            running.add(asyncio.create_task(finish(chunk)))


def stock_holding_agent(app: faust.App, options: argparse.Namespace, ledger: Ledger) -> None:
    """The same with Faust's own transport and bookkeeping: no acks but those for finished events."""

    async def finish(event: Any) -> None:
        offset = event.message.offset
        if offset == options.hold:
            ledger.write(held=offset)
            await asyncio.Event().wait()
        ledger.finished(event.message.topic, event.message.partition, offset, offset)
        event.ack()

    @app.agent(app.topic(options.topics, value_serializer="raw"))  # type: ignore[untyped-decorator]
    async def agent(stream: Any) -> None:
        running = set()
        async for event in stream.noack().events():
            running.add(asyncio.create_task(finish(event)))


AGENTS = {"plain": plain_agents, "holding": holding_agent, "stock-holding": stock_holding_agent}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--topics", required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--agents", choices=AGENTS, default="plain")
    parser.add_argument("--work", type=float, default=0.0)
    parser.add_argument("--hold", type=int, default=-1)
    parser.add_argument("--stall-seconds", type=float)
    parser.add_argument("--gate", type=Path)
    parser.add_argument("--slow-end", type=float, help="seconds for which its loop stands still when it begins to stop")
    options = parser.parse_args()

    settings = Settings(_env_file=None, kafka_bootstrap=options.bootstrap, consumer_group=options.group)
    arguments = app_options(settings)
    if options.agents.startswith("stock"):
        del arguments["broker_consumer"], arguments["stream_buffer_maxsize"]
    if options.gate:
        arguments["broker_commit_interval"] = 3600.0  # Commits come only with revocations.
    app = faust.App(**arguments, web_enabled=False, datadir=str(options.ledger.parent / "faust"))
    if options.stall_seconds:
        app.transport.Consumer.stall_seconds = options.stall_seconds
        app.transport.Consumer.lag_interval = options.stall_seconds / 4
    ledger = Ledger(options.ledger)

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def note_assignment(app: faust.App, assigned: Any, **_: Any) -> None:
        ledger.write(assigned=sorted(assigned))

    @app.on_before_shutdown.connect  # type: ignore[untyped-decorator]
    async def stand_still(*_: Any, **__: Any) -> None:
        time.sleep(options.slow_end or 0.0)

    AGENTS[options.agents](app, options, ledger)
    faust.Worker(app, loglevel="info").execute_from_commandline()


if __name__ == "__main__":
    main()
