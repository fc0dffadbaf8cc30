"""The detector on simulated webinars: without a drop, and with one put in."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.drops.world import DAYS, LENGTH, Held, World
from streams.drops.alarm import Alarm, Change, step
from streams.drops.detect import judge

WARM_UP = 30
"""Days of history before anything is judged."""
SLOTS_A_DAY = 4
MINUTES = (*range(5, 21), *range(25, LENGTH + 1, 5))
"""Of a webinar, at which it is evaluated: each minute at first, and the end."""


class Said(NamedTuple):
    """A message, and when it came."""

    slot: int
    minute: int
    change: Change


def watch(world: World, slots: range, changed: dict[str, Held], minutes: tuple[int, ...] = MINUTES) -> Iterator[Said]:
    """What is said while the slots' webinars run, one slot after the other."""
    alarms: dict[str, Alarm] = {}
    for slot in slots:
        for minute in minutes:
            moments = world.moments(slot, minute, changed)
            usual = {one.webinar.webinar_id: world.alike(one.webinar) for one in moments}
            findings = judge(moments, usual, world.settings)
            alarms, changes = step(alarms, moments, findings, world.settings)
            yield from (Said(slot, minute, change) for change in changes)


def quiet(world: World) -> list[Said]:
    """What is said from the warm-up to the end though nothing dropped."""
    return list(watch(world, range(WARM_UP * SLOTS_A_DAY, DAYS * SLOTS_A_DAY), {}))


QUIET_WEEKS = (DAYS - WARM_UP) / 7
