"""What is compared: the counts of a webinar at an elapsed time, beside those of earlier ones at the same. Pure.

A shell fills these shapes from views: `registrations` and `registered_visits…` by source group at begin + elapsed; an
ended webinar has its final numbers. A count is None where it cannot exist yet (docs/contract.md, "Buckets").
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from alerts.detection.settings import DropSettings, Metric
from contract.instants import MINUTE
from contract.measures import STEP_OF

METRICS: tuple[Metric, ...] = tuple(STEP_OF)


class Webinar(NamedTuple):
    """What makes webinars peers, and how far one is. Empty text: nobody said it."""

    webinar_id: str
    begin: int
    """ms since 1970 UTC; of an upcoming one its starts_at."""
    platform: str
    course: str
    region: str
    language: str
    format: str
    weekday: int
    """1 to 7 from Monday, like `hour` in the webinar's own time zone."""
    hour: int
    capabilities: frozenset[str] = frozenset(("live", "leaves", "recording_views", "persons", "seconds"))
    ended: bool = False
    final: bool = False
    excluded: bool = False
    """By a note: it is never part of what is usual."""
    had_drop: bool = False
    """A drop of it was told: it does not say for a while how much such webinars vary (`peers.peer_group`)."""
    rows_missing: bool = False
    """Rows of a file about it were rejected, and it was not imported whole since."""
    end: int = 0
    """When it ended, ms since 1970 UTC; 0: before all that is looked at."""


def webinar_of(row: Mapping[str, Any], *, had_drop: bool = False) -> Webinar:
    """A row of the view held."""
    capabilities = frozenset(row["tells"])
    return Webinar(
        row["webinar_id"],
        row["begin_ms"],
        row["platform"],
        row["course"],
        row["region"],
        row["language"],
        row["format"],
        row["weekday"],
        row["hour"],
        # Totals of a webinar as a whole do not say who of the registered came.
        capabilities - {"persons"} if row["totals_only"] else capabilities,
        bool(row["ended"]),
        row["completeness"] == "final",
        bool(row["excluded"]),
        had_drop,
        bool(row["rows_missing"]),
        row["ended_ms"],
    )


class Counts(tuple[int | None, ...]):
    """People of one webinar and source group at one elapsed time: the registered, then how many of them by METRICS.

    None: cannot exist yet, or the webinar was shorter.
    """

    __slots__ = ()

    def __new__(cls, registrations: int, *converted: int | None) -> "Counts":
        """`converted`: by METRICS; what is not said is None."""
        return super().__new__(cls, (registrations, *converted, *(len(METRICS) - len(converted)) * (None,)))

    def __getnewargs__(self) -> tuple[int | None, ...]:
        return tuple(self)

    @property
    def registrations(self) -> int:
        return self[0] or 0

    @property
    def visits(self) -> int | None:
        return self[1]

    def of(self, metric: Metric) -> int | None:
        """Those who did so."""
        return self[1 + METRICS.index(metric)]


NOBODY = Counts(0, *(0 for _ in METRICS))


class Moment(NamedTuple):
    """A webinar that has begun, at an elapsed time, with the earlier ones at the same elapsed time."""

    webinar: Webinar
    elapsed: int
    """ms since its start; of an ended one the length of its window."""
    groups: Mapping[str, Counts]
    """By source group. Walk-ins are in none: they are beside the conversion."""
    earlier: Mapping[str, Mapping[str, Counts]]
    """By webinar_id, then by source group: at least those that `peers.peer_group` names."""
    in_the_room: int = 0
    """visits_all: everybody who opened the room until now, registered or not."""
    walk_ins: int = 0
    baseline_walk_ins: float | None = None
    """Walk-ins as a share of visits_all in the peers; None: not known."""
    any_event: bool = True
    """Whether anything at all was heard of this webinar since its start."""


def total(groups: Iterable[Counts]) -> Counts:
    """The sum over source groups; a bucket is None if it is in any, since it is a matter of the whole webinar."""
    listed = list(groups)
    if not listed:
        return NOBODY
    summed = [None if None in column else sum(column) for column in zip(*listed, strict=True)]
    return Counts(summed[0] or 0, *summed[1:])


def can_be_judged(moment: Moment, metric: Metric, settings: DropSettings) -> bool:
    """Whether the metric can be judged now: the service tells it by now, and enough time has passed for it."""
    webinar = moment.webinar
    if webinar.final:
        return "persons" in webinar.capabilities
    step = STEP_OF[metric]
    if not step.needs <= webinar.capabilities:
        return False
    if step.exists == "ended":
        return webinar.ended
    return webinar.ended or moment.elapsed >= (step.minutes + settings.first_look_minutes) * MINUTE


def vacant(moment: Moment) -> bool:
    """Whether nobody at all was in the room of a webinar whose service says so live: that its connection is dead, or
    nobody is let in, is another matter than a drop, and is told by itself.
    """
    nobody = moment.in_the_room == 0 and not total(moment.groups.values()).visits
    return nobody and "live" in moment.webinar.capabilities


def doubtful(moment: Moment, settings: DropSettings) -> bool:
    """Whether no conversion is to be believed: rows of a file are missing, or too few of those in the room match a
    registration.
    """
    if moment.webinar.rows_missing:
        return True
    if moment.in_the_room == 0:
        return False
    matched = 1 - moment.walk_ins / moment.in_the_room
    if moment.baseline_walk_ins is None:
        return matched < settings.least_matched
    baseline = 1 - moment.baseline_walk_ins
    return matched < baseline - settings.unmatched_excess or matched < min(settings.least_matched, baseline / 2)
