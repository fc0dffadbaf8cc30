"""Simulated webinars: 8 a day in 4 regions for 90 days, from 10 sources, with varying attendance rates.

With the total and the ten source groups of 8 webinars, 4 regions, 4 courses and 4 languages, 100 segments a day are
judged. Every number follows from the seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alerts.detection.measurements import Counts, Moment, Webinar
from alerts.detection.peers import History, PeerGroup, peer_group
from alerts.detection.settings import DropSettings
from contract.instants import DAY, HOUR, MINUTE
from contract.measures import STAYED_MINUTES, WATCHED

DAYS = 90
LENGTH = 60
"""Length of a webinar in minutes."""
SERIES = {
    "north": ("en", ("a", "b")),
    "south": ("es", ("c", "d")),
    "east": ("pl", ("a", "c")),
    "west": ("de", ("b", "d")),
}
"""Region -> language and courses; both webinars of a region begin at the same hour."""
SOURCES = {
    "email": (0.26, 1.25),
    "vk": (0.17, 0.95),
    "google": (0.13, 1.05),
    "facebook": (0.11, 0.75),
    "youtube": (0.09, 1.0),
    "partners": (0.07, 0.85),
    "No source given": (0.06, 1.0),
    "blog": (0.05, 1.1),
    "telegram": (0.04, 1.15),
    "tiktok": (0.02, 0.6),
}
"""Share of the registrations, and conversion as a multiple of the webinar's."""
MONDAY = 1_767_571_200_000
"""2026-01-05T00:00:00Z"""

Curve = NDArray[np.int64]
"""People up to each minute (minute, bucket), by WATCHED of contract/measures.py."""


@dataclass(frozen=True)
class Held:
    """A webinar with its people by source group, and their behaviour."""

    webinar: Webinar
    rates: dict[str, float]
    """Its baseline conversion by source group, before the variation between webinars."""
    registrations: dict[str, int]
    curves: dict[str, Curve]
    known: dict[int, dict[str, Counts]] = field(default_factory=dict)

    def counts(self, minute: int) -> dict[str, Counts]:
        """The counts by source group at that minute after the start."""
        if minute not in self.known:
            self.known[minute] = {
                group: _counts(self.registrations[group], curve[minute], minute) for group, curve in self.curves.items()
            }
        return self.known[minute]

    @property
    def baseline(self) -> float:
        """The baseline conversion of its people."""
        people = sum(self.registrations.values())
        return sum(n * self.rates[group] for group, n in self.registrations.items() if group in self.rates) / people


def _counts(registrations: int, seen: NDArray[np.int64], minute: int) -> Counts:
    reached = zip(seen.tolist(), WATCHED, strict=True)
    return Counts(registrations, *(people if minute >= step.minutes else None for people, step in reached))


class World:
    """All webinars of the 90 days, by slot: a slot's webinars begin together."""

    def __init__(self, seed: int, sd: float, settings: DropSettings) -> None:
        """`sd`: standard deviation of the attendance rate between webinars, as a fraction."""
        self.settings = settings
        self.seed = seed
        self.sd = sd
        self._random = np.random.default_rng(seed)
        self.slots: list[list[Held]] = []
        series = {
            (region, course): (self._random.normal(0.42, 0.04), self._random.lognormal(np.log(800), 0.4))
            for region, (_, courses) in SERIES.items()
            for course in courses
        }
        for day in range(DAYS):
            for place, region in enumerate(SERIES):
                self.slots.append([self._hold(day, place, *one, *series[one]) for one in series if one[0] == region])
        self.by_id = {one.webinar.webinar_id: one for slot in self.slots for one in slot}
        self._fell: frozenset[str] = frozenset()
        self._history, self._peers = self._known(), dict[str, PeerGroup]()

    def _hold(self, day: int, place: int, region: str, course: str, rate: float, size: float) -> Held:
        random = self._random
        weekday = day % 7 + 1
        hour = 15 + place
        webinar = Webinar(
            webinar_id=f"sim:{region}-{course}:{day}",
            begin=MONDAY + day * DAY + hour * HOUR,
            platform="sim",
            course=course,
            region=region,
            language=SERIES[region][0],
            format="live",
            weekday=weekday,
            hour=hour,
        )
        mean = rate - (0.02 if weekday >= 6 else 0) + 0.01 * day / DAYS
        shares = random.dirichlet([200 * share for share, _ in SOURCES.values()])
        people = random.multinomial(round(size * random.lognormal(0, 0.25)), shares)
        registrations = dict(zip(SOURCES, people.tolist(), strict=True))
        rates = {group: mean * of_mean for group, (_, of_mean) in SOURCES.items()}
        return self.attended(webinar, rates, registrations, rates, random)

    def attended(
        self,
        webinar: Webinar,
        baseline: dict[str, float],
        registrations: dict[str, int],
        true: dict[str, float],
        random: np.random.Generator,
    ) -> Held:
        """A webinar whose people attend at the `true` rates, plus the variation between webinars."""
        shift = random.normal(0, self.sd)
        pace, fickle = 6 * random.lognormal(0, 0.15), np.clip(random.normal(0.15, 0.03), 0, 1)
        curves = {}
        for group, n in registrations.items():
            came = random.binomial(n, np.clip(true[group] + shift, 0.01, 0.97))
            arrival = np.where(random.random(came) < 0.35, 0, 1 + random.exponential(pace, came)).astype(np.int64)
            stay = np.where(random.random(came) < fickle, random.exponential(8, came), random.exponential(120, came))
            curves[group] = np.stack([_reached(arrival, stay, bucket) for bucket in (0, *STAYED_MINUTES)], axis=1)
        return Held(webinar, baseline, registrations, curves)

    def fell(self, webinar_ids: frozenset[str]) -> None:
        """From now on the known drops are those of these webinars only."""
        if webinar_ids != self._fell:
            self._fell = webinar_ids
            self._history, self._peers = self._known(), {}

    def _known(self) -> History:
        ended = [one.webinar._replace(ended=True, final=True) for one in self.by_id.values()]
        return History(one._replace(had_drop=one.webinar_id in self._fell) for one in ended)

    def peers(self, webinar: Webinar) -> PeerGroup:
        """Its peer group; the same at every evaluation until another drop is known."""
        if webinar.webinar_id not in self._peers:
            self._peers[webinar.webinar_id] = peer_group(webinar, self._history, self.settings)
        return self._peers[webinar.webinar_id]

    def moments(self, slot: int, minute: int, changed: Mapping[str, Held]) -> list[Moment]:
        """What is evaluated while the slot's webinars run: these, and those that ended in the 24 hours before."""
        live = [self._moment(changed.get(one.webinar.webinar_id, one), minute, changed) for one in self.slots[slot]]
        recent = [one for before in self.slots[max(0, slot - 3) : slot] for one in before]
        return live + [self._moment(changed.get(one.webinar.webinar_id, one), LENGTH, changed) for one in recent]

    def _moment(self, held: Held, minute: int, changed: Mapping[str, Held]) -> Moment:
        ended = minute >= LENGTH
        webinar = held.webinar._replace(ended=ended)
        members = self.peers(webinar).members
        groups = held.counts(minute)
        return Moment(
            webinar,
            minute * MINUTE,
            groups,
            {one.webinar_id: changed.get(one.webinar_id, self.by_id[one.webinar_id]).counts(minute) for one in members},
            in_the_room=sum(one.visits or 0 for one in groups.values()),
        )


def _reached(arrival: NDArray[np.int64], stay: NDArray[np.float64], minutes: int) -> NDArray[np.int64]:
    """How many have reached that watch time by each minute."""
    moment = arrival[stay >= minutes] + minutes
    return np.cumsum(np.bincount(moment[moment <= LENGTH], minlength=LENGTH + 1))
