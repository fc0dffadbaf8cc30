"""How fast the data grow, and when the disk is full. Pure."""

from collections.abc import Iterator, Sequence

from connectors.pipeline.room import size
from funnel.doctor.facts import Facts, Store
from funnel.doctor.finding import Finding

SOON_DAYS = 30
"""Time to get a larger disk."""
_WEEK = 7
_TIMES = 3
"""So many times as much as before is told."""
_FEW = 10_000
"""Events a day that are no growth to speak of."""


def a_day(store: Store, kafka_size: int) -> int | None:
    """Bytes a day of tables and logs, by the events of the last seven days; None: it is too early to tell."""
    days = lived(store.events_a_day)
    events = sum(store.events_a_day[:_WEEK])
    if days < 1 or not store.held.events or not events:
        return None
    each = (store.size + kafka_size) / store.held.events
    return round(each * events / min(days, _WEEK))


def room(facts: Facts) -> Iterator[Finding]:
    """Whether the disk has room for long."""
    disk = facts.disk
    if disk is None:
        return
    if disk.short:
        what, _, do = disk.short.partition(": ")
        yield Finding("disk", what, do)
        return
    days = days_left(facts)
    if days is not None and days < SOON_DAYS:
        yield Finding(
            "disk",
            f"The reserve of {size(disk.reserve)} is reached in {days} days at this pace: then intake stops",
            "get a larger disk, or move FUNNEL_DATA_DIR",
        )


def days_left(facts: Facts) -> int | None:
    """Until the reserve is reached; None: it cannot be told."""
    if facts.disk is None or facts.store is None or not facts.disk.holds_servers:
        return None
    pace = a_day(facts.store, facts.kafka.size if facts.kafka is not None else 0)
    return None if not pace else max(0, facts.disk.free - facts.disk.reserve) // pace


def grown(store: Store) -> Iterator[Finding]:
    """Whether much more comes than before."""
    week, before = store.events_a_day[:_WEEK], store.events_a_day[_WEEK:]
    if lived(store.events_a_day) < 2 * _WEEK:
        return
    now, then = sum(week) / _WEEK, sum(before) / max(1, lived(before))
    if now > _FEW and now > _TIMES * then:
        yield Finding(
            "growth",
            f"{now:,.0f} events a day came in the last week, {then:,.0f} a day before",
            "look at Data health, Events by service, whether somebody sends too much",
        )


def lived(days: Sequence[int]) -> int:
    """Days from the first event on."""
    return max((place + 1 for place, events in enumerate(days) if events), default=0)
