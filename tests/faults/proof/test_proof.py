"""A million events under some sixty harms: no event is lost, no number is wrong, and all is well again each time."""

import base64
import os
import random
import statistics
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from clickhouse.client import connect
from funnel.report.verify import verify
from tests.e2e.stack import Stack
from tests.faults.installed.disk import RESERVE_MB
from tests.faults.installed.installation import SLOWNESS, installed
from tests.faults.proof.aiming import aimed_worker
from tests.faults.proof.feed import Feed
from tests.faults.proof.harms import Harms
from tests.faults.storm import Storm, digest, storm
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.long]

EVENTS = int(os.environ.get("PROOF_EVENTS", "1000000"))
RATE = int(os.environ.get("PROOF_RATE", "600"))
SEED = int(os.environ.get("PROOF_SEED", "1"))
POISON = 0.01
RECOVER_SECONDS = 60.0 * SLOWNESS
LAST_SECONDS = 3_600.0


def test_no_event_is_lost_and_no_number_is_wrong_whatever_is_done(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    made = storm(SEED, EVENTS, POISON)
    took: dict[str, list[float | None]] = defaultdict(list)
    with installed(tmp_path, {"FUNNEL_DISK_RESERVE_MB": str(RESERVE_MB)}) as installation:
        config = installation.config
        feed = Feed(config, made.records, RATE)
        with aimed_worker(config, tmp_path) as (aimed, proxy), feed.flowing():
            harms = Harms(installation, aimed, proxy, rng)
            each = harms.all()
            for number, (name, harm) in enumerate(each):
                due = EVENTS * number // len(each)
                until(lambda due=due: feed.acknowledged >= due, "the events go on", LAST_SECONDS)  # type: ignore[misc]
                harm()
                took[name].append(harms.recovered(RECOVER_SECONDS))
                print(f"{feed.acknowledged:,} events: {name}: {took[name][-1]}", flush=True)
            until(lambda: feed.done, "all events are acknowledged", LAST_SECONDS)
            _show(took, harms, feed.refused)
        _judge(Stack(None, None, config, tmp_path), made)  # type: ignore[arg-type]  # of the stack only its tables
    assert [name for name, seconds in took.items() if None in seconds] == []


def _judge(stack: Stack, made: Storm) -> None:
    result = verify(stack.config, timeout=LAST_SECONDS)
    assert result.lines() == []
    with closing(connect(stack.config, user="writer")) as client:
        found = client.query("SELECT event FROM events FINAL", query_formats={"String": "bytes"}).result_columns[0]
    stored = {digest(orjson.loads(event)) for event in found}
    assert (len(made.events - stored), len(stored - made.events)) == (0, 0)
    assert {base64.b64decode(letter["value"]) for letter in stack.letters()} == made.broken
    print(f"{result.events:,} events, {result.persons:,} persons, {len(made.broken):,} dead letters: 0 mismatches")


def _show(took: dict[str, list[float | None]], harms: Harms, refused: int) -> None:
    print("| done | times | well again after (s): median, longest |\n|---|---|---|")
    for name, seconds in sorted(took.items()):
        known = [one for one in seconds if one is not None]
        never = f", {len(seconds) - len(known)} not in time" if len(known) < len(seconds) else ""
        print(f"| {name} | {len(seconds)} | {statistics.median(known or [0]):.0f}, {max(known or [0]):.0f}{never} |")
    print(f"answers lost: {harms.replies_lost}; pieces that were published again: {refused}; left with: {harms.left}")
