"""Fold, row and view against the oracle: the same numbers at any moment, whatever happened on the way.

docs/contract.md whole. Each case is one webinar with events that contradict, repeat and overtake each other.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel import oracle
from streams import person
from streams.batch import source_line
from streams.decode import decode
from streams.instants import SECOND
from streams.memory import WebinarMemory
from streams.row import fence, row
from streams.source import source_key
from streams.topics import EVENT_TOPICS, TOPIC_OF_TYPE
from streams.webinar_row import webinar_row
from tests.strategies import moments, record, webinars

RULES = oracle.Rules()
NUMBERS = [
    *(
        f"{prefix}{bucket}"
        for prefix in ("visits", "registered_visits", "conversion")
        for bucket in ("", "_5m", "_30m", "_full")
    ),
    "registrations",
    "registered_later",
    "visits_all",
    "walk_ins",
    "recording_viewers",
    "recording_views",
]
LABELS = ["completeness", "week", "weekday", "hour"]

_case = count()


class Worker:
    """A worker's memory of one webinar, with rows written to ClickHouse only when asked."""

    def __init__(self, webinar_id: str) -> None:
        self.webinar_id = webinar_id
        self.memory = WebinarMemory(changed=True)
        self.rows: dict[str, dict[str, Any]] = {}
        self.sources: set[str] = set()
        self.webinar_row: dict[str, Any] = {}
        self._offset = count()

    def fold(self, records: list[bytes]) -> None:
        for value in records:
            topic = TOPIC_OF_TYPE[json.loads(value)["type"]]
            event = decode(value, topic, written_at=4_000_000_000_000)
            assert hasattr(event, "event_id"), event
            self.memory.fold(event, value, EVENT_TOPICS.index(topic), next(self._offset))
            if event.type == "registration":
                self.sources.add(source_key(event.source))

    def write(self) -> None:
        """Derives the rows of what changed; a row may only be replaced by a later version."""
        memory = self.memory
        for person_id in memory.changed_persons:
            whole = memory.whole(person_id)
            derived = row(
                self.webinar_id,
                person_id,
                memory.persons[person_id],
                whole,
                begin=memory.facts.begin,
                fence=fence(0, 1),
                sign_of_life=60 * SECOND,
            )
            new = orjson.loads(orjson.dumps(derived))
            old = self.rows.get(person_id)
            assert old is None or old == new or old["version"] < new["version"]
            self.rows[person_id] = new
        self.webinar_row = orjson.loads(
            orjson.dumps(
                webinar_row(
                    self.webinar_id,
                    memory.statements,
                    memory.facts,
                    fence=fence(0, 1),
                    offset=memory.offset,
                    default_timezone="UTC",
                )
            )
        )
        memory.changed_persons.clear()

    def forget(self) -> None:
        """Writes, then remembers only what the rows hold."""
        self.write()
        known = self.memory
        self.memory = WebinarMemory(statements=known.statements, offset=known.offset, facts=known.facts)
        for person_id, stored in self.rows.items():
            self.memory.remember(person_id, person.load(stored["state"]), stored["begin_used"])

    def insert(self, client: Client) -> None:
        self.write()
        _insert(client, "sources", [source_line(key) for key in self.sources])
        _insert(client, "webinars", [orjson.dumps(self.webinar_row)])
        _insert(client, "persons", [orjson.dumps(one) for one in self.rows.values()])


def _insert(client: Client, table: str, lines: list[bytes]) -> None:
    if lines:
        client.raw_insert(table, insert_block=b"\n".join(lines), fmt="JSONEachRow")


def _answers(
    client: Client, view: str, webinar_id: str, at: list[int], columns: list[str]
) -> list[list[dict[str, Any]]]:
    """What the view says of the webinar at each moment."""
    asked = " UNION ALL ".join(
        f"SELECT {place} AS place, {', '.join(columns)} FROM {view}(at = fromUnixTimestamp64Milli(toInt64({moment}), 'UTC'))"
        " WHERE webinar_id = {webinar_id:String}"
        for place, moment in enumerate(at)
    )
    answers: list[list[dict[str, Any]]] = [[] for _ in at]
    for said in client.query(asked, {"webinar_id": webinar_id}).named_results():
        answers[said.pop("place")].append(dict(said))
    return answers


def _moment(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)


@settings(max_examples=1000)
@given(
    events=webinars(),
    at=st.lists(moments, min_size=3, max_size=4),
    seed=st.integers(0, 2**32),
    repeats=st.integers(0, 6),
    forgets=st.integers(0, 3),
)
def test_view_says_what_the_oracle_says(
    client: Client, events: list[dict[str, Any]], at: list[int], seed: int, repeats: int, forgets: int
) -> None:
    webinar_id = f"zoom:{next(_case)}"
    records = [record(event, webinar_id) for event in events]
    chance = random.Random(seed)
    delivered = records + (chance.choices(records, k=repeats) if records else [])
    chance.shuffle(delivered)
    worker = Worker(webinar_id)
    for _ in range(forgets):
        cut = chance.randint(0, len(delivered))
        worker.fold(delivered[:cut])
        worker.forget()
        # A worker that took over begins again somewhere before what was written.
        delivered = delivered[chance.randint(0, cut) :]
    worker.fold(delivered)
    worker.insert(client)

    by_webinar = _answers(client, "funnel", webinar_id, at, NUMBERS + LABELS)
    grouped = [name for name in NUMBERS if not name.startswith("conversion")]
    by_source = _answers(client, "funnel_by_source", webinar_id, at, ["source_group", *grouped])
    for place, moment in enumerate(at):
        if not records:
            continue
        (truth,) = oracle.numbers(records, _moment(moment), RULES)
        (said,) = by_webinar[place]
        assert said == {name: truth[name] for name in NUMBERS + LABELS}, _moment(moment)
        groups = {one.pop("source_group"): one for one in by_source[place]}
        wanted = {group: {name: sums[name] for name in grouped} for group, sums in truth["by_source"].items()}
        assert groups == wanted, _moment(moment)
