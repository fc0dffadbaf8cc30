"""Which earlier webinars say what is usual for one, and how much each weighs: the one definition of "usual". Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from alerts.detection.measurements import Webinar
from alerts.detection.settings import DropSettings
from contract.instants import DAY

HEAVIEST = 1000
"""The weight of a webinar of today. Whole numbers, so that sums and shares stay exact."""

FALLEN_AMONG = 2
"""Webinars of a drop are looked for among `most_fallen` and so many more of the latest ones."""


class PeerLevel(NamedTuple):
    """A way to be peers."""

    words: str
    fields: tuple[str, ...]


PEER_LEVELS = (
    PeerLevel("the same course, region, format, weekday and hour", ("course", "region", "format", "weekday", "hour")),
    PeerLevel("the same course, region and format", ("course", "region", "format")),
    PeerLevel("the same course and format", ("course", "format")),
    PeerLevel("the same region and format", ("region", "format")),
    PeerLevel("the same format", ("format",)),
)
"""From the narrowest to the widest."""
SERIES = 1
"""The likeness that says how much webinars vary even where weekday and hour say their mean."""


class Member(NamedTuple):
    """An earlier webinar's part in what is usual."""

    webinar_id: str
    weight: int
    """In the usual rate; 0 where it only tells how much such webinars vary."""
    recency: int
    """In the variation; 0 for one of a drop, which would hide the next drop of the same cause."""
    slot: tuple[int, int]
    """Weekday and hour where they are told apart, else (0, 0)."""
    had_drop: bool = False
    """People were told of a drop of it."""


class PeerGroup(NamedTuple):
    """The webinars that say what is usual for one."""

    members: tuple[Member, ...]
    likeness: str
    """In words, for people: which likeness was used."""
    n: int
    """How many webinars make the usual rate."""


class History:
    """Earlier webinars, found by likeness. An index of one evaluation; it never changes."""

    def __init__(self, webinars: Iterable[Webinar]) -> None:
        """`webinars`: all known ones; excluded ones and those whose numbers are not there yet are left out here."""
        usable = sorted((one for one in webinars if _usable(one)), key=_latest_first)
        self._by_values: list[defaultdict[object, list[Webinar]]] = []
        for likeness in PEER_LEVELS:
            found: defaultdict[object, list[Webinar]] = defaultdict(list)
            values = attrgetter(*likeness.fields)
            for one in usable:
                found[values(one)].append(one)
            self._by_values.append(found)

    def like(self, webinar: Webinar, level: int, most: int) -> tuple[list[Webinar], list[Webinar]]:
        """The latest webinars of a likeness that had ended when it begins: on the same platform, and on any."""
        listed = self._by_values[level].get(attrgetter(*PEER_LEVELS[level].fields)(webinar), [])
        same: list[Webinar] = []
        some: list[Webinar] = []
        first = bisect_left(listed, -webinar.begin, key=lambda one: -one.begin)
        for one in islice(listed, first, None):
            # What was still running when it began was not known then, and would make it another thing as time goes by.
            if one.begin == webinar.begin or one.end > webinar.begin:
                continue
            if len(some) < most:
                some.append(one)
            if one.platform == webinar.platform:
                same.append(one)
                if len(same) == most:
                    break
        return same, some


def peer_group(webinar: Webinar, history: History, settings: DropSettings) -> PeerGroup:
    """The webinars that are usual for this one: of the narrowest likeness that has enough of them.

    Those of other platforms take part only until there are enough of the same one; where no likeness has enough, the
    widest serves. The latest ones of which a drop was told lower the usual rate, but say nothing of the variation
    while they are few (`most_fallen`): else the first would make the same drop of the next look usual. Older ones do
    say it: left out for good, each false alarm would bring the next.
    """
    level, others, chosen = 0, False, list[Webinar]()
    for level in range(len(PEER_LEVELS)):
        same, some = history.like(webinar, level, settings.most_peers)
        others = len(same) < settings.enough_peers
        chosen = some if others else same
        if len(chosen) >= settings.enough_peers:
            break
    words = PEER_LEVELS[level].words
    if others and any(one.platform != webinar.platform for one in chosen):
        words += ", on any platform"
    if level >= SERIES:
        series = {one.webinar_id: one for one in chosen}
        members = [_member(one, webinar, settings, (0, 0)) for one in chosen]
    else:
        same, some = history.like(webinar, SERIES, settings.most_peers)
        counting = {one.webinar_id for one in chosen}
        series = {one.webinar_id: one for one in (*chosen, *(some if others else same))}
        members = [_member(one, webinar, settings, (one.weekday, one.hour)) for one in series.values()]
        members = [one if one.webinar_id in counting else one._replace(weight=0) for one in members]
    latest = sorted(series.values(), key=_latest_first)[: settings.most_fallen + FALLEN_AMONG]
    had_drop = {one.webinar_id for one in latest if one.had_drop}
    if len(had_drop) <= settings.most_fallen:
        members = [one._replace(recency=0) if one.webinar_id in had_drop else one for one in members]
    return PeerGroup(tuple(members), words, len(chosen))


def _member(one: Webinar, webinar: Webinar, settings: DropSettings, slot: tuple[int, int]) -> Member:
    age = (webinar.begin - one.begin) / DAY
    weight = max(1, round(HEAVIEST * 2 ** (-age / settings.half_life_days)))
    return Member(one.webinar_id, weight, weight, slot, one.had_drop)


def _usable(webinar: Webinar) -> bool:
    there = webinar.final or (webinar.ended and "live" in webinar.capabilities)
    return there and "persons" in webinar.capabilities and not webinar.excluded


def _latest_first(webinar: Webinar) -> tuple[int, str]:
    return -webinar.begin, webinar.webinar_id
