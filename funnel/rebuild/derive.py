"""The raw log -> rows of webinars, persons, sources and totals, with the workers' own fold. No worker may run.

Rows are replaced webinar by webinar with a greater version, so that readers see either the old row or the new one.
Memory is bounded by the largest webinar, like a worker's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from contract.decode import DeadLetter, decode
from contract.events import Totals
from contract.instants import SECOND
from contract.record import OwnRecord
from contract.topics import EVENT_TOPICS
from streams.fold.lines import ForgottenRow, SourceRow, TotalsRow, block, line, source_keys, source_line, totals_line
from streams.fold.memory import WebinarMemory
from streams.fold.row import COLUMNS, OFFSET_BITS, fence, row
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.forgetting import without_forgotten
from streams.reading import Decoded
from streams.settings import Settings
from streams.store import Insert, Store

_EVENTS_AT_ONCE = 50_000
_ROWS_AT_ONCE = 20_000
_STEP = 100
"""Margin above the greatest stored fence: a stalled worker may have a later one, and wake up."""
_NO_OFFSET = -1
"""For events of former epochs the log holds offsets of lost topics, so no offset is taken from it: the next record from
Kafka then changes a row's version."""

_SIZES = "SELECT webinar_id, count() AS events FROM events GROUP BY webinar_id ORDER BY webinar_id"
_LOG = """
SELECT topic, written_at, event FROM events FINAL WHERE webinar_id BETWEEN {first:String} AND {last:String}
"""
_OLD = "version < {version:UInt64} AND webinar_id IN (SELECT webinar_id FROM events)"
_TOPICS = {topic.name: (place, topic) for place, topic in enumerate(EVENT_TOPICS)}


@dataclass(slots=True)
class Derived:
    """How much was rebuilt."""

    events: int = 0
    webinars: int = 0
    persons: int = 0
    unreadable: int = 0
    """Events of the log that this version cannot read."""


async def derive(store: Store, config: Settings, progress: Callable[[str], None]) -> Derived:
    """Rebuilds the rows of every webinar in the raw log. Rows of other webinars stay. Raises StoreGone."""
    made = Derived()
    present = max(await store.greatest_fence() + _STEP, fence(config.epoch, 0))
    forgotten = await store.forgotten()
    for first, last in _ranges(await store.query(_SIZES, {})):
        found = await store.query(_LOG, {"first": first, "last": last})
        read = list(_read((OwnRecord(one["topic"], one["written_at"], one["event"].encode()) for one in found), made))
        read = without_forgotten(read, forgotten)
        webinars = _fold(read)
        sources = source_keys(event for event, _ in read)
        await _insert(store, "sources", SourceRow._fields, map(source_line, sources))
        await _insert(store, "totals", TotalsRow._fields, (totals_line(e, r) for e, r in read if isinstance(e, Totals)))
        said = (line(ForgottenRow(name)) for one in webinars.values() for name in one.take_forgotten())
        await _insert(store, "forgotten", ForgottenRow._fields, said)
        await _insert(store, "webinars", WebinarRow._fields, _webinar_lines(webinars, present, config))
        await _insert(store, "persons", COLUMNS, _person_rows(webinars, present, config))
        made.events += len(read)
        made.webinars += len(webinars)
        made.persons += sum(len(one.persons) for one in webinars.values())
        progress(f"rebuilt {made.webinars:,} webinars from {made.events:,} events")
    await _remove_others(store, present << OFFSET_BITS)
    return made


def _ranges(sizes: Iterable[dict[str, object]]) -> Iterator[tuple[str, str]]:
    """(first, last) webinar of ranges with about _EVENTS_AT_ONCE events each."""
    first, last, events = "", "", 0
    for one in sizes:
        webinar_id, size = str(one["webinar_id"]), int(str(one["events"]))
        if events and events + size > _EVENTS_AT_ONCE:
            yield first, last
            events = 0
        first, last, events = webinar_id if not events else first, webinar_id, events + size
    if events:
        yield first, last


def _read(records: Iterable[OwnRecord], made: Derived) -> Iterator[Decoded]:
    for record in records:
        event = decode(record.value, _TOPICS[record.topic][1], record.timestamp)
        if isinstance(event, DeadLetter):
            made.unreadable += 1
        else:
            yield event, record


def _fold(read: Iterable[Decoded]) -> dict[str, WebinarMemory]:
    webinars: dict[str, WebinarMemory] = defaultdict(WebinarMemory)
    for event, record in read:
        assert record.value is not None
        webinars[event.webinar_id].fold(event, record.value, _TOPICS[record.topic][0], _NO_OFFSET)
    for one in webinars.values():
        one.erase()
    return webinars


def _webinar_lines(webinars: dict[str, WebinarMemory], present: int, config: Settings) -> Iterator[bytes]:
    for webinar_id, one in webinars.items():
        said = (webinar_id, one.statements, one.facts)
        yield line(webinar_row(*said, fence=present, offset=0, default_timezone=config.default_timezone))


def _person_rows(webinars: dict[str, WebinarMemory], present: int, config: Settings) -> Iterator[bytes]:
    sign_of_life = config.sign_of_life_seconds * SECOND
    for webinar_id, one in webinars.items():
        for person_id, own in one.persons.items():
            said = (webinar_id, person_id, own, one.whole(person_id))
            yield row(*said, begin=one.facts.begin, fence=present, sign_of_life=sign_of_life)


async def _insert(store: Store, table: str, columns: tuple[str, ...] | dict[str, str], lines: Iterator[bytes]) -> None:
    while some := list(islice(lines, _ROWS_AT_ONCE)):
        await store.insert(Insert(table, columns, block(some)))


async def _remove_others(store: Store, version: int) -> None:
    """Removes rows of persons that no event of their webinar names."""
    found = await store.query(f"SELECT count() AS others FROM persons FINAL WHERE {_OLD}", {"version": version})
    if found[0]["others"]:
        # The workers' job learns of rows that come, not of those that go. Persons last: by them an interrupted removal
        # is known.
        await store.command("DELETE FROM person_registrations WHERE true")
        await store.command("DELETE FROM current_people WHERE true")
        await store.command(f"DELETE FROM persons WHERE {_OLD}", {"version": version})
