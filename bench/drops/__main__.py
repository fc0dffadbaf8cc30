"""`python -m bench.drops`: drop detection on simulated webinars: false alerts, drops found, delay, causes, speed.

Every number follows from the seeds, which are printed. Writes bench/results/drops.json; exits 1 if a bar is missed.
It takes about 25 minutes of one core; `--seeds 1 --drops 20` gives a first idea in four.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from alerts.detection.settings import DropSettings
from bench.drops.results import Calm, Results, Sized, shortfalls, show
from bench.drops.runs import KINDS, hear, inject, quiet
from bench.drops.speed import seconds_for_segments
from bench.drops.world import World

VARIATIONS = (0.0, 0.02, 0.04)
"""Standard deviations of the attendance rate between webinars."""
FIRST_SEED = 401
"""Thresholds were chosen on seeds below 300; seeds from here on only confirm them."""
FULL_SIZE = 4.5
"""Size of an injected drop that must be found, in total standard deviations."""
DROP_WORLDS = 4
T = TypeVar("T")
RESULTS = Path(__file__).parents[1] / "results" / "drops.json"


def main() -> int:
    """Runs everything; returns the exit status."""
    options = _options()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    quiet_runs = [(sd, seed) for sd in VARIATIONS for seed in seeds]
    drop_runs = list(_drop_runs(options.first_seed, options.drops, options.curve))
    with ProcessPoolExecutor(options.processes) as pool:
        calm = list(_told("worlds without a drop", pool.map(_calm, *zip(*quiet_runs, strict=True)), len(quiet_runs)))
        sized = list(_told("kinds of drop", pool.map(_sized, *zip(*drop_runs, strict=True)), len(drop_runs)))
    results = Results(calm, sized, FULL_SIZE, _fastest(seconds_for_segments(10_000) for _ in range(3)))
    show(results, Console(width=120))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results.plain(), indent=2) + "\n")
    missed = shortfalls(results)
    print("\n".join(f"MISSED: {one}" for one in missed) if missed else "All bars hold.")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drops", description=__doc__)

    def number(name: str, default: int, meaning: str) -> None:
        parser.add_argument(name, type=int, default=default, help=f"{meaning} (default {default})")

    number("--first-seed", FIRST_SEED, "of the worlds")
    number("--seeds", 4, "worlds of 90 days without a drop, of each variation between webinars")
    number("--drops", 100, "injected drops of each kind and variation")
    number("--processes", 1, "at once")
    parser.add_argument("--curve", type=float, nargs="*", default=[2.0, 3.0, 4.0], help="sizes of smaller drops")
    return parser.parse_args()


def _drop_runs(seed: int, drops: int, curve: list[float]) -> Iterator[tuple[int, float, str, float, int]]:
    """Drops of full size for each variation; smaller ones, half as many, only for the usual variation."""
    for sd in VARIATIONS:
        for kind in KINDS:
            if sd == 0.02:
                yield from ((seed, sd, kind, size, max(1, drops // 2)) for size in curve)
            yield seed, sd, kind, FULL_SIZE, drops


def _calm(sd: float, seed: int) -> Calm:
    said = quiet(World(seed, sd, DropSettings()))
    return Calm(sd, seed, sum(one.change.after != "usual" for one in said))


@lru_cache(maxsize=DROP_WORLDS)
def _world(seed: int, sd: float) -> World:
    return World(seed, sd, DropSettings())


def _sized(seed: int, sd: float, kind: str, size: float, drops: int) -> Sized:
    """Drops of one kind and size, put into several worlds in turn."""
    heard = []
    for number in range(drops):
        world = _world(seed + number % DROP_WORLDS, sd)
        one = inject(world, kind, size, number)
        heard.append((one.cause, hear(world, one)))
    minutes = [one.minute for _, one in heard if one.minute is not None]
    named = sum(one.named == cause for cause, one in heard if one.minute is not None)
    return Sized(sd, kind, size, drops, minutes, named)


def _fastest(tries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The time of the code itself: other load on the machine can only add to it."""
    return min(tries, key=lambda one: float(one["seconds"]))


def _told(what: str, results: Iterable[T], of: int) -> Iterator[T]:
    for number, one in enumerate(results, start=1):
        print(f"{what}: {number} of {of}", file=sys.stderr, flush=True)
        yield one


if __name__ == "__main__":
    sys.exit(main())
