"""Contract events straight into the tables, without Kafka and without a worker, for tests of what reads the store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client

from contract.events import EVENT, Registration, Totals
from contract.instants import SECOND
from contract.topics import EVENT_TOPICS, TOPIC_OF_TYPE
from streams.fold.lines import EventRow, SourceRow, TotalsRow, event_line, line, source_keys, source_line, totals_line
from streams.fold.memory import WebinarMemory
from streams.fold.row import PersonRow, row
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.settings import Settings
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
    raw, totals, sources = [], [], set()
    for offset, said in enumerate(events):
        value = orjson.dumps(said)
        event = EVENT.validate_json(value)
        topic = TOPIC_OF_TYPE[event.type]
        place = EVENT_TOPICS.index(topic)
        webinars[event.webinar_id].fold(event, value, place, offset)
        record = RawRecord(value, topic.name, 0, offset, event.received_at)
        raw.append(
            _queryable(event_line(event, record), event.received_at) if when_received else event_line(event, record)
        )
        if isinstance(event, Totals):
            totals.append(totals_line(event, record))
        if isinstance(event, Registration | Totals):
            sources.update(source_keys(event))
    columns = (*EventRow._fields, "inserted_at") if when_received else EventRow._fields
    _insert(client, "events", columns, raw)
    insert(client, "totals", TotalsRow, totals)
    insert(client, "sources", SourceRow, [source_line(key) for key in sources])
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
            persons.append(line(person))
    insert(client, "webinars", WebinarRow, of_webinars)
    insert(client, "persons", PersonRow, persons)


def insert(client: Client, table: str, row_type: type[Any], lines: list[bytes]) -> None:
    """Inserts lines as the worker does. `row_type` is the NamedTuple that names the columns."""
    _insert(client, table, row_type._fields, lines)


def _insert(client: Client, table: str, columns: tuple[str, ...], lines: list[bytes]) -> None:
    if lines:
        client.raw_insert(table, columns, b"".join(lines), fmt="JSONCompactEachRow")


def _queryable(event_row: bytes, received_at: int) -> bytes:
    """The row with the time from which it can be queried: 0.3 to 1.5 s after it was received."""
    return line((*orjson.loads(event_row), (received_at + 300 + received_at % 1_200) / SECOND))
