"""A turn of a contender with a compiler at run time: it works for a minute on other events before it counts.

While what counts is published, its process is stopped; so it finds a backlog, like the others.
"""

import asyncio
import itertools
import signal
import time
from contextlib import closing

from bench.contender import Contender, cpu_seconds, running
from bench.load import Load
from bench.rounds import Turn, measured, publish, rows
from bench.stack import clickhouse_process, emptied
from clickhouse.client import connect
from streams.settings import Settings

_SEEDS = itertools.count(1_000)
"""Of the events to warm up with: new webinars each time, or they would change nothing."""


def take_warm(contender: Contender, config: Settings, load: Load, number: int) -> Turn:
    """One turn on a stack of its own, whose Kafka keeps the events of earlier turns: a new group starts behind them."""
    name = contender.name.replace(" ", "-").lower()
    own = config.model_copy(update={"consumer_group": f"bench-{name}-{number}"})
    emptied(config)
    with running(contender, own, config.data_dir / f"{name}.log") as process:
        sent, deadline = 0, time.monotonic() + contender.warm_seconds
        with closing(connect(own, user="migrator")) as client:
            while time.monotonic() < deadline:
                sent += asyncio.run(publish(config, load._replace(seed=next(_SEEDS)).sent()))
                while rows(client) < sent:
                    process.require_alive()
                    time.sleep(0.1)
        emptied(config)
        process.process.send_signal(signal.SIGSTOP)
        asyncio.run(publish(config, load.sent()))
        before = cpu_seconds(clickhouse_process(config))
        process.process.send_signal(signal.SIGCONT)
        return measured(process, own, load.total, before, rows)
