"""Contract events straight into the tables, without Kafka and without a worker: what reading the store is tested with."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from clickhouse_connect.driver.client import Client

from streams import person, webinar
from streams.events import EVENT, Identity, Webinar
from streams.instants import FAR_FUTURE
from streams.person import PersonState
from streams.row import row
from streams.settings import Settings
from streams.source import default_group
from streams.topics import TOPIC_OF_TYPE

Event = dict[str, Any]


def put(client: Client, settings: Settings, events: Iterable[Event]) -> None:
    """Folds the events (of whole webinars) and inserts events, webinars, persons and sources."""
    records = [orjson.dumps(event) for event in events]
    of_webinar: dict[str, list[bytes]] = defaultdict(list)
    for record in records:
        of_webinar[EVENT.validate_json(record).webinar_id].append(record)
    persons: list[Event] = []
    webinars: list[Event] = []
    for webinar_id, said in of_webinar.items():
        facts = webinar.facts(webinar.fold(webinar.EMPTY, [webinar.statement(r) for r in said if _is_webinar(r)]))
        webinars.append(webinar_row(webinar_id, facts, settings))
        persons += person_rows(webinar_id, said, facts.begin, settings)
    sources = {person["source"] for person in persons}
    insert(client, "events", [_raw(offset, record) for offset, record in enumerate(records)])
    insert(client, "webinars", webinars)
    insert(client, "persons", persons)
    insert(
        client,
        "sources",
        [{"source": key, "source_group": default_group(key), "sorted": False, "version": 1} for key in sources],
    )


def insert(client: Client, table: str, rows: list[Event]) -> None:
    client.raw_insert(table, insert_block=b"\n".join(orjson.dumps(row) for row in rows), fmt="JSONEachRow")


def person_rows(webinar_id: str, records: list[bytes], begin: int, settings: Settings) -> list[Event]:
    """The rows of a webinar's persons, those of links included."""
    states: dict[str, PersonState] = defaultdict(PersonState)
    for record in records:
        event = EVENT.validate_json(record)
        if not isinstance(event, Webinar):
            person.fold(states[event.person_id], event, record)
            if isinstance(event, Identity):
                states[event.same_as]  # noqa: B018 (a person gets a row by being named)
    linked: dict[str, list[PersonState]] = defaultdict(list)
    for state in states.values():
        if state.link:
            linked[state.link.same_as].append(state)
    made = [
        row(
            webinar_id,
            person_id,
            state,
            person.joined(state, linked[person_id]),
            begin=begin,
            epoch=0,
            sign_of_life=settings.sign_of_life_seconds * 1000,
        )
        for person_id, state in states.items()
    ]
    return [{**one, "left_out": bool(one["left_out"]), "state": orjson.dumps(one["state"]).decode()} for one in made]


def webinar_row(webinar_id: str, facts: webinar.Facts, settings: Settings) -> Event:
    """The row of a webinar as clickhouse/migrations/0002_webinars.sql describes it."""
    zone = _zone(facts.timezone)
    used = zone or ZoneInfo(settings.default_timezone)
    texts = ("title", "course", "language", "region", "format", "status", "timezone")
    return {
        "webinar_id": webinar_id,
        "version": 1,
        **{name: getattr(facts, name) or "" for name in texts},
        **{name: _or_never(getattr(facts, name)) for name in ("starts_at", "started_at", "ended_at", "completed_at")},
        "status_said_at": _or_never(facts.status_said_at),
        "duration_ms": -1 if facts.duration_seconds is None else facts.duration_seconds * 1000,
        "zone_known": zone is not None,
        "tells": facts.tells,
        "begin": facts.begin,
        "local_begin": _local(facts.begin, used),
        "local_starts_at": _local(_or_never(facts.starts_at), used),
        "state": "",
    }


def _is_webinar(record: bytes) -> bool:
    return isinstance(EVENT.validate_json(record), Webinar)


def _raw(offset: int, record: bytes) -> Event:
    event = EVENT.validate_json(record)
    return {
        "webinar_id": event.webinar_id,
        "event_id": event.event_id,
        "topic": TOPIC_OF_TYPE[event.type].name,
        "partition": 0,
        "offset": offset,
        "written_at": event.received_at,
        "event": record.decode(),
    }


def _or_never(instant: int | None) -> int:
    return FAR_FUTURE if instant is None else instant


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _local(instant: int, zone: ZoneInfo) -> int:
    if instant == FAR_FUTURE:
        return FAR_FUTURE
    offset = datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return instant + int(offset.total_seconds()) * 1000
