"""What `funnel doctor` prints. Pure."""

import json
from collections.abc import Iterator, Sequence
from typing import get_args

from connectors.pipeline.room import size
from contract.instants import SECOND, format_instant
from contract.signed import signed
from funnel.doctor.facts import Facts
from funnel.doctor.finding import Area, Finding
from funnel.doctor.forecast import a_day, days_left


def measured(facts: Facts) -> dict[str, str]:
    """Area -> what was found there, in a few words; "not known" where nobody could say."""
    kafka, store, disk = facts.kafka, facts.store, facts.disk
    pace = None if store is None else a_day(store, kafka.size if kafka is not None else 0)
    days = days_left(facts)
    said = dict.fromkeys((str(area) for area in get_args(Area)), "not known")
    said["addresses"] = f"Kafka {facts.expected.kafka}, ClickHouse {facts.expected.clickhouse}"
    said["permissions"] = f"{len(facts.open_to_others) + len(facts.not_writable)} files or folders to look at"
    said["secrets"] = f"{len(facts.secrets)} are set"
    if kafka is not None:
        said["topics"] = f"{len(kafka.topics)} topics, {size(kafka.size)}"
        behind = sum(max(0, end - kafka.committed.get(place, 0)) for place, end in kafka.ends.items())
        said["offsets"] = f"{sum(kafka.committed.values()):,} committed, {behind:,} waiting, {kafka.members} workers"
    if store is not None:
        said["migrations"] = f"{len(store.pending)} to apply"
        said["clocks"] = f"ClickHouse {signed(store.ahead_ms / SECOND)} s"
        said["time zones"] = f"{len(store.unknown_zones)} unknown"
        said["runs"] = f"{len(store.jobs)} jobs, {len(store.runs)} runs of connectors"
        said["growth"] = f"{store.events_a_day[0] if store.events_a_day else 0:,} events in the last 24 hours"
    if kafka is not None and store is not None:
        versions = (".".join(map(str, one.version)) for one in (kafka, store))
        said["versions"] = "Kafka {}, ClickHouse {}".format(*versions)
    said["backup"] = "none yet" if facts.backup_at is None else f"as of {format_instant(facts.backup_at)}"
    said["erasure"] = f"{facts.erasing:,} people in the making"
    if store is not None:
        said["erasure"] += f", {store.asked:,} announced"
    if disk is not None:
        said["disk"] = f"{size(disk.free)} free" + ("" if pace is None else f", {size(pace)} more a day")
        said["disk"] += "" if days is None else f", enough for {days:,} days"
    return said


def lines(facts: Facts, findings: Sequence[Finding]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it tells of something to do."""
    for area, what in measured(facts).items():
        own = [one for one in findings if one.area == area]
        yield f"{'!!' if own else 'ok'}  {area:<12} {what}", bool(own)
        for one in own:
            yield f"      {one.what}.", True
            yield f"      Do: {one.do}", True


def as_json(facts: Facts, findings: Sequence[Finding]) -> str:
    """The same for a program: `healthy` is what the exit status says."""
    said = {
        "healthy": not findings,
        "at": format_instant(facts.at),
        "findings": [one._asdict() for one in findings],
        "measured": measured(facts),
    }
    return json.dumps(said, indent=2, ensure_ascii=False)
