"""What is compared: the counts of a webinar at an elapsed time, beside those of earlier ones at the same. Pure.

A shell fills these shapes from views: `registrations` and `registered_visits…` by source group at begin + elapsed; an
ended webinar has its final numbers. A count is None where it cannot exist yet (docs/contract.md, "Buckets").
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.drops.settings import DropSettings, Metric
from streams.instants import MINUTE

METRICS: tuple[Metric, ...] = ("visits", "visits_5m", "visits_30m", "visits_full")
EXISTS_AFTER = {"visits": 0, "visits_5m": 5 * MINUTE, "visits_30m": 30 * MINUTE}
"""How long a webinar runs before the bucket can exist; `visits_full` only once it has ended."""


class Webinar(NamedTuple):
    """What makes webinars alike, and how far one is. Empty text: nobody said it."""

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
    tells: frozenset[str] = frozenset(("live", "leaves", "recording_views", "persons", "seconds"))
    ended: bool = False
    final: bool = False
    excluded: bool = False
    """By a note: it is never part of what is usual."""
    fell: bool = False
    """People were told of a drop of it: for a while it does not say how much such webinars vary (`usual.alike`)."""
    rows_missing: bool = False
    """Rows of a file about it were rejected, and it was not imported whole since."""


class Counts(NamedTuple):
    """People of one webinar and source group at one elapsed time."""

    registrations: int
    visits: int | None
    """Registered people who came; so are the next three. None: cannot exist yet, or the webinar was shorter."""
    visits_5m: int | None = None
    visits_30m: int | None = None
    visits_full: int | None = None


NOBODY = Counts(0, 0, 0, 0, 0)


class Moment(NamedTuple):
    """A webinar that has begun, at an elapsed time, with the earlier ones at the same elapsed time."""

    webinar: Webinar
    elapsed: int
    """ms since its begin; of an ended one the length of its window."""
    groups: Mapping[str, Counts]
    """By source group. Walk-ins are in none: they are beside the conversion."""
    earlier: Mapping[str, Mapping[str, Counts]]
    """By webinar_id, then by source group: at least those that `usual.alike` names."""
    in_the_room: int = 0
    """visits_all: everybody who opened the room until now, registered or not."""
    walk_ins: int = 0
    usual_walk_ins: float | None = None
    """Walk-ins as a share of visits_all in the alike webinars; None: not known."""
    any_event: bool = True
    """Whether anything at all was heard of this webinar since its begin."""


def total(groups: Iterable[Counts]) -> Counts:
    """The sum over source groups; a bucket is None if it is in any, since it is a matter of the whole webinar."""
    listed = list(groups)
    if not listed:
        return NOBODY
    summed = [None if None in column else sum(column) for column in zip(*listed, strict=True)]
    return Counts(summed[0] or 0, *summed[1:])


def told(moment: Moment, metric: Metric, settings: DropSettings) -> bool:
    """Whether the metric can be judged now: the service tells it by now, and its cohort is mature."""
    webinar = moment.webinar
    if webinar.final:
        return "persons" in webinar.tells
    needs = {"persons", "live"} if metric == "visits" else {"persons", "live", "leaves"}
    if not needs <= webinar.tells:
        return False
    if metric == "visits_full":
        return webinar.ended
    return webinar.ended or moment.elapsed >= EXISTS_AFTER[metric] + settings.first_look_minutes * MINUTE


def doubtful(moment: Moment, settings: DropSettings) -> bool:
    """Whether no conversion is to be believed: rows of a file are missing, or too few of those in the room match a
    registration.
    """
    if moment.webinar.rows_missing:
        return True
    if moment.in_the_room == 0:
        return False
    matched = 1 - moment.walk_ins / moment.in_the_room
    if moment.usual_walk_ins is None:
        return matched < settings.least_matched
    usual = 1 - moment.usual_walk_ins
    return matched < usual - settings.unmatched_excess or matched < min(settings.least_matched, usual / 2)
