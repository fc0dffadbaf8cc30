"""`python -m bench.peers`: one worker beside other stream processors that do the same job, in the same rounds.

Makes an environment for them in .peers on its first run. Writes bench/results/peers.json; exits 1 when a gate is
missed. What differs between the contenders, in whose favour: docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence

from rich.console import Console

from bench.__main__ import WIDTH, contenders_table
from bench.contender import OURS, STOCK, Contender
from bench.load import Load
from bench.peers.environment import PEERS, ROOT, fold_of_release, java_classes, make, python
from bench.peers.warm import take_warm
from bench.rounds import Turn, in_turns, summary
from bench.stack import stack
from streams.settings import Settings

GATES = {STOCK.name: 5.0, "Quix Streams": 2.0, "Bytewax": 2.0, "Kafka Streams": 1.3}
RESULTS = ROOT / "bench" / "results" / "peers.json"
_WARM_SECONDS = 60.0


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="for every contender (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of every contender (default %(default)s)")
    parser.add_argument("--only", default="", help="peers whose name holds this")
    options = parser.parse_args()
    console = Console(stderr=True)
    make(console)
    peers = [one for one in (STOCK, *others()) if options.only.lower() in one.name.lower()]
    load = Load(options.events, options.events // 2, 20, seed=1)
    with stack(console, cached_persons=options.events) as config, stack(console) as other:

        def warm(one: Contender, number: int) -> Turn:
            return take_warm(one, other, load, number)

        contenders = summary(in_turns((OURS, *peers), config, load, options.rounds, console, warm))
    Console(width=WIDTH).print(contenders_table(contenders))
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "contenders": contenders}, indent=2) + "\n")
    missed = [name for name, gate in GATES.items() if name in contenders and not _met(contenders[name], gate)]
    for name in missed:
        console.print(f"missed: {name}, gate {GATES[name]:g} times")
    return 1 if missed else 0


def others() -> list[Contender]:
    """The peers of other makers: with our fold of release 0.2.0, and with that of this checkout."""
    found = [
        _with_fold("Quix Streams", "quix.py", fold_of_release()),
        _with_fold("Bytewax", "bytewax_flow.py", fold_of_release()),
        _with_fold("Quix Streams, our present fold", "quix.py", str(ROOT)),
        _with_fold("Bytewax, our present fold", "bytewax_flow.py", str(ROOT)),
    ]
    classes = java_classes()
    return found if classes is None else [*found, _kafka_streams(classes)]


def _with_fold(name: str, script: str, fold: str) -> Contender:
    return Contender(name, lambda _: (python(), str(PEERS / script)), {"PYTHONPATH": f"{fold}:{PEERS}"})


def _kafka_streams(classes: str) -> Contender:
    def command(config: Settings) -> Sequence[str]:
        address = f"http://{config.clickhouse_host}:{config.clickhouse_port}/?database={config.clickhouse_database}"
        password = config.clickhouse_password.get_secret_value()
        state = str(config.data_dir / "kstreams" / config.consumer_group)
        user = config.clickhouse_user
        arguments = (config.kafka_bootstrap, config.consumer_group, address, user, password, state)
        return ("java", "-Xmx2g", "-cp", classes, "Peer", *arguments)

    return Contender("Kafka Streams", command, warm_seconds=_WARM_SECONDS)


def _met(one: dict[str, object], gate: float) -> bool:
    return bool(one["equal_rows"]) and float(str(one["ours_is_faster_by"])) >= gate


if __name__ == "__main__":
    sys.exit(main())
