"""Contract events straight into the tables, without Kafka and without a worker, for tests of what reads the store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client

from contract.events import EVENT, Totals
from contract.instants import SECOND
from contract.topics import EVENT_TOPICS, TOPIC_OF_TYPE
from streams.fold.lines import (
    EVENT_COLUMNS,
    SourceRow,
    TotalsRow,
    event_row,
    line,
    source_keys,
    source_line,
    totals_line,
)
from streams.fold.memory import WebinarMemory
from streams.fold.row import COLUMNS, row
from streams.fold.row_binary import int64
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.settings import Settings
from streams.store import Insert
from tests.contract_events import Event

FENCE = 1


@dataclass
class RawRecord:
    """A record as Kafka gives it."""

    value: bytes | None
    topic: str = ""
    partition: int = 0
    offset: int = 0
    timestamp: int = 0
    key: bytes | None = None


def put(client: Client, config: Settings, events: Iterable[Event], *, when_received: bool = False) -> None:
    """Folds the events (all of their webinars) and inserts events, totals, webinars, persons and sources.

    They become queryable now, or, if told so, a little after each was received.
    """
    webinars: dict[str, WebinarMemory] = defaultdict(lambda: WebinarMemory(changed=True))
    raw, totals, said_by = [], [], []
    for offset, said in enumerate(events):
        value = orjson.dumps(said)
        event = EVENT.validate_json(value)
        topic = TOPIC_OF_TYPE[event.type]
        place = EVENT_TOPICS.index(topic)
        webinars[event.webinar_id].fold(event, value, place, offset)
        record = RawRecord(value, topic.name, 0, offset, event.received_at)
        said_by.append(event)
        raw.append(event_row(event, record) + (_queryable(event.received_at) if when_received else b""))
        if isinstance(event, Totals):
            totals.append(totals_line(event, record))
    insert(client, "events", EVENT_COLUMNS | ({"inserted_at": "Int64"} if when_received else {}), raw)
    insert(client, "totals", TotalsRow, totals)
    insert(client, "sources", SourceRow, [source_line(key) for key in source_keys(said_by)])
    put_webinars(client, config, webinars)


def put_webinars(client: Client, config: Settings, webinars: Mapping[str, WebinarMemory]) -> None:
    """Inserts the rows of the webinars and those of their persons."""
    of_webinars, persons = [], []
    for webinar_id, one in webinars.items():
        of_webinar = webinar_row(
            webinar_id,
            one.statements,
            one.facts,
            fence=FENCE,
            offset=one.offset,
            default_timezone=config.default_timezone,
        )
        of_webinars.append(line(of_webinar))
        for person_id, state in one.persons.items():
            person = row(
                webinar_id,
                person_id,
                state,
                one.whole(person_id),
                begin=one.facts.begin,
                fence=FENCE,
                sign_of_life=config.sign_of_life_seconds * SECOND,
            )
            persons.append(person)
    insert(client, "webinars", WebinarRow, of_webinars)
    insert(client, "persons", COLUMNS, persons)


def insert(client: Client, table: str, row_type: type[Any] | Mapping[str, str], rows: Sequence[bytes]) -> None:
    """Inserts rows as the worker does. `row_type` is the NamedTuple that names the columns, or their types."""
    columns = row_type if isinstance(row_type, Mapping) else row_type._fields
    one = Insert(table, columns, b"".join(rows))
    if one.block:
        client.raw_insert(table, list(columns), bytes(one.block), fmt=one.format)


def _queryable(received_at: int) -> bytes:
    """The time from which it can be queried: 0.3 to 1.5 s after it was received."""
    return int64(received_at + 300 + received_at % 1_200)
