"""The detector on simulated webinars: without a drop, and with an injected one."""

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from alerts.detection.alarm import Alarm, Change, step
from alerts.detection.cause import People, change_of, first_cause, members_of
from alerts.detection.detect import judge
from alerts.detection.measurements import Counts, Moment
from alerts.detection.peers import PeerGroup
from alerts.detection.reason import Cell
from alerts.detection.settings import Metric
from bench.drops.world import DAYS, LENGTH, Held, World

WARM_UP = 30
"""Days of history before anything is judged."""
SLOTS_A_DAY = 4
MINUTES = (*range(5, 21), *range(25, LENGTH + 1, 5))
"""The minutes at which a webinar is evaluated: each of the first ones, and the end."""


class Said(NamedTuple):
    """A message, and its time."""

    slot: int
    minute: int
    change: Change


def watch(world: World, slots: range, changed: dict[str, Held], minutes: tuple[int, ...] = MINUTES) -> Iterator[Said]:
    """The messages while the slots' webinars run, one slot after the other."""
    alarms: dict[str, Alarm] = {}
    fell: set[str] = set()
    world.fell(frozenset())
    for slot in slots:
        for minute in minutes:
            moments = world.moments(slot, minute, changed)
            baseline = {one.webinar.webinar_id: world.peers(one.webinar) for one in moments}
            findings = judge(moments, baseline, world.settings)
            alarms, changes = step(alarms, moments, findings, world.settings)
            yield from (Said(slot, minute, change) for change in changes)
        told = {subject for subject, alarm in alarms.items() if alarm.condition == "drop" and subject in world.by_id}
        if not told <= fell:
            fell |= told
            world.fell(frozenset(fell))


def quiet(world: World) -> list[Said]:
    """The messages from the warm-up to the end although nothing dropped."""
    return list(watch(world, range(WARM_UP * SLOTS_A_DAY, DAYS * SLOTS_A_DAY), {}))


QUIET_WEEKS = (DAYS - WARM_UP) / 7


class Injected(NamedTuple):
    """A drop injected into webinars of a slot, and the name of its cause."""

    kind: str
    slot: int
    changed: dict[str, Held]
    cause: tuple[str, str]
    """Dimension and value that must be named first."""


class Heard(NamedTuple):
    """The detection of an injected drop. minute: None, it was not found."""

    minute: int | None
    named: tuple[str, str] | None
    """The cause named first."""


KINDS = ("new source", "rate of a source", "region")
NEW_RATE = 0.08
LEAST_PEOPLE = 30


def inject(world: World, kind: str, size: float, number: int) -> Injected:
    """A drop of `size` total standard deviations (binomial and between webinars) of the part that it affects."""
    random = np.random.default_rng((world.seed, number, KINDS.index(kind), round(size * 10)))
    slot = int(random.integers(60 * SLOTS_A_DAY, DAYS * SLOTS_A_DAY))
    webinars = world.slots[slot]
    if kind == "region":
        changed = {one.webinar.webinar_id: _all_lower(world, one, size, random) for one in webinars}
        return Injected(kind, slot, changed, ("region", webinars[0].webinar.region))
    held = webinars[int(random.integers(len(webinars)))]
    if kind == "new source":
        again, value = _new_source(world, held, size, random), "partner-x"
    else:
        groups = [group for group in held.rates if _room(world, held, group, size)]
        value = groups[int(random.integers(len(groups)))]
        rates = held.rates | {value: held.rates[value] - size * _deviation(world, held, value)}
        again = world.attended(held.webinar, held.rates, held.registrations, rates, random)
    return Injected(kind, slot, {held.webinar.webinar_id: again}, ("source_group", value))


def hear(world: World, injected: Injected) -> Heard:
    """The first message about the drop, and whether it names the cause first."""
    region = next(iter(injected.changed.values())).webinar.region
    subjects = {*injected.changed, f"region={region}"}
    for said in watch(world, range(injected.slot, injected.slot + 1), injected.changed):
        if said.change.after == "drop" and said.change.subject in subjects:
            return Heard(said.minute, _named(world, injected, said))
    return Heard(None, None)


def _named(world: World, injected: Injected, said: Said) -> tuple[str, str]:
    lead = said.change.findings[0]
    listed = world.moments(injected.slot, said.minute, injected.changed)
    moments = {one.webinar.webinar_id: one for one in listed}
    baseline = {webinar_id: world.peers(one.webinar) for webinar_id, one in moments.items()}
    findings = judge(listed, baseline, world.settings)
    webinars = {webinar_id: one.webinar for webinar_id, one in moments.items()}
    leads = (lead,) if lead.segment.webinar_id else members_of(lead, findings, webinars)
    people = [_people(moments[one.segment.webinar_id], baseline[one.segment.webinar_id], lead.metric) for one in leads]
    reason = change_of(lead, people)
    assert reason is not None
    cause = first_cause(lead, reason, findings, webinars)
    return cause.dimension, cause.value


def _people(moment: Moment, like: PeerGroup, metric: Metric) -> People:
    earlier = [(one.weight, _cells(moment.earlier[one.webinar_id], metric)) for one in like.members if one.weight]
    return _cells(moment.groups, metric), earlier


def _cells(groups: Mapping[str, Counts], metric: Metric) -> list[Cell]:
    return [Cell(one.registrations, getattr(one, metric) or 0, group, group) for group, one in groups.items()]


def _deviation(world: World, held: Held, group: str) -> float:
    rate = held.rates[group]
    return math.sqrt(rate * (1 - rate) / held.registrations[group] + world.sd**2)


def _room(world: World, held: Held, group: str, size: float) -> bool:
    if held.registrations[group] < LEAST_PEOPLE:
        return False
    return size * _deviation(world, held, group) <= 0.9 * held.rates[group]


def _whole_deviation(world: World, held: Held, people: float) -> float:
    return math.sqrt(held.baseline * (1 - held.baseline) / people + world.sd**2)


def _new_source(world: World, held: Held, size: float, random: np.random.Generator) -> Held:
    people = sum(held.registrations.values())
    share = 0.3
    for _ in range(20):  # The larger the share, the more people, and the smaller the deviation.
        share = size * _whole_deviation(world, held, people / (1 - share)) / (held.baseline - NEW_RATE)
        share = min(share, 0.9)
    registrations = held.registrations | {"partner-x": round(people * share / (1 - share))}
    return world.attended(held.webinar, held.rates, registrations, held.rates | {"partner-x": NEW_RATE}, random)


def _all_lower(world: World, held: Held, size: float, random: np.random.Generator) -> Held:
    people = sum(held.registrations.values())
    left = 1 - size * _whole_deviation(world, held, people) / held.baseline
    rates = {group: rate * left for group, rate in held.rates.items()}
    return world.attended(held.webinar, held.rates, held.registrations, rates, random)
