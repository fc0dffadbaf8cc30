"""Recomputes every number from the raw event log and compares it with the report.

The raw log is read batch by batch, so memory is bounded by the largest webinar. The oracle shares nothing with the
fold, the rows and the views (funnel/report/oracle.py). A comparison with Kafka shows whether the raw log is complete
(funnel/report/kafka_log.py).
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from contract.measures import STAYED_MINUTES
from funnel.report import kept, oracle
from funnel.report.kafka_log import KafkaResult, compare_with_kafka
from funnel.report.numbers import COUNTS, Question, Row, answer, by_webinar_and_source
from process.clock import now
from streams.lag import wait_until_caught_up
from streams.settings import Settings

_EVENTS_AT_ONCE = 50_000
_PAUSE_SECONDS = 0.2
_ROUNDS = 3
"""How often a webinar with a difference is compared: events that arrive meanwhile are no mismatch."""
_NOT_COMPARED = frozenset({"webinar_id", "begun", "by_source"})

Key = tuple[str, str | None]
"""A webinar and one of its source groups; None: all groups together."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One number that is wrong in the report."""

    webinar_id: str
    source_group: str | None
    """None: the number of the whole webinar."""
    number: str
    says: Any
    should_be: Any

    def __str__(self) -> str:
        of = f" [{self.source_group}]" if self.source_group is not None else ""
        return f"{self.webinar_id}{of}: {self.number} says {self.says!r}, should be {self.should_be!r}"


@dataclass(slots=True)
class Result:
    """What was compared, and the differences."""

    at: int
    """The moment of the numbers, ms since 1970 UTC."""
    webinars: int = 0
    persons: int = 0
    """Persons, counted per webinar, without linked registrants."""
    events: int = 0
    """Distinct events in the raw log."""
    dead_letters: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    kafka: KafkaResult | None = None
    """None: not compared with Kafka."""
    kept: int | None = None
    """Webinars whose kept numbers of the present were compared; None: no page reads them."""

    @property
    def missing(self) -> int:
        """How many committed records of Kafka are not in the store."""
        return self.kafka.missing if self.kafka is not None else 0

    @property
    def right(self) -> bool:
        """Whether every number is right, and nothing is missing."""
        return not self.mismatches and not self.missing

    def lines(self) -> list[str]:
        """What is wrong, and what could not be compared."""
        return [*map(str, self.mismatches), *(self.kafka.lines() if self.kafka is not None else ())]

    def __str__(self) -> str:
        kept = f" kept={self.kept}" if self.kept is not None else ""
        kafka = f" kafka_records={self.kafka.records} missing={self.missing}" if self.kafka is not None else ""
        return (
            f"webinars={self.webinars} persons={self.persons} events={self.events} "
            f"dead_letters={self.dead_letters} mismatches={len(self.mismatches)}{kept}{kafka}"
        )


def verify(
    settings: Settings,
    at: int | None = None,
    timeout: float = 120.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Result:
    """Waits until the workers have caught up, then compares every number at one moment (ms since 1970 UTC; None: now),
    and the raw log with Kafka.

    `timeout`: seconds to wait. Raises LagError and Unreachable.
    """
    client = connect(settings, user="writer")
    try:
        wait_until_caught_up(settings, timeout, progress)
        result = compare(client, settings, now() if at is None else at, progress)
        for _ in range(_ROUNDS - 1):
            if not result.mismatches:
                break
            wait_until_caught_up(settings, timeout, progress)
            _look_again(client, settings, result)
        compare_kept(client, settings, result)
        result.kafka = _with_kafka(settings, client, timeout, progress)
        return result
    finally:
        client.close()


def compare(client: Client, settings: Settings, at: int, progress: Callable[[str], None] = lambda _: None) -> Result:
    """Compares what the store holds now, without waiting."""
    result = Result(at=at)
    business = business_rules(client)
    says = _says(client, Question(at=at))
    for first, last in _batches(client):
        records = _records(client, first, last)
        result.events += len(records)
        for should_be in oracle.numbers(records, _moment(at), _rules(settings), business):
            result.webinars += 1
            result.mismatches += _differences(should_be, says)
        progress(f"compared {result.webinars:,} webinars, {result.events:,} events")
    result.mismatches += _left_over(says)
    _count(client, result)
    return result


def compare_kept(client: Client, settings: Settings, result: Result) -> None:
    """Compares what is kept of the present, where pages read it, and adds what differs."""
    if not kept.in_use(client, now()):
        return
    business, result.kept = business_rules(client), 0
    for first, last in _batches(client):
        records = _records(client, first, last)
        at = now()
        truths = {one["webinar_id"]: one for one in oracle.numbers(records, _moment(at), _rules(settings), business)}
        rows = kept.kept(client, list(truths), at)
        result.kept += len(truths)
        for webinar_id, should_be in truths.items():
            if any(kept.differences(rows.get(webinar_id), should_be)):
                result.mismatches += _kept_differences(client, settings, webinar_id)


def _kept_differences(client: Client, settings: Settings, webinar_id: str) -> list[Mismatch]:
    """What is wrong with one webinar at the moment at which its row was made.

    What goes on meanwhile is no mismatch, nor what no page reads any more because the job stands still.
    """
    found: list[Mismatch] = []
    for _ in range(_ROUNDS):
        _wait_until_kept(client, now())
        if not kept.in_use(client, now()):
            break
        row = kept.kept(client, [webinar_id], now()).get(webinar_id)
        at = now() if row is None else row["made_at"]
        records, business = _records(client, webinar_id, webinar_id), business_rules(client)
        found = [
            Mismatch(webinar_id, group, f"what is kept of {name}", says, wanted)
            for should_be in oracle.numbers(records, _moment(at), _rules(settings), business)
            for group, name, says, wanted in kept.differences(row, should_be)
        ]
        if not found:
            break
    return found


def _wait_until_kept(client: Client, at: int) -> None:
    """Waits until all that changed before this moment (ms) is kept, or no page reads it any more."""
    while kept.complete_until(client) < at and kept.in_use(client, now()):
        time.sleep(_PAUSE_SECONDS)


def _with_kafka(settings: Settings, client: Client, timeout: float, progress: Callable[[str], None]) -> KafkaResult:
    result = compare_with_kafka(settings, client, progress)
    for _ in range(_ROUNDS - 1):
        wrong = {place for place, one in result.partitions.items() if one.missing}
        if not wrong:
            break
        # A record on a wrong partition was published again to the right one, and may be on its way.
        wait_until_caught_up(settings, timeout, progress)
        result.partitions |= compare_with_kafka(settings, client, progress, only=wrong).partitions
    return result


def _look_again(client: Client, settings: Settings, result: Result) -> None:
    mismatches: list[Mismatch] = []
    business = business_rules(client)
    for webinar_id in sorted({mismatch.webinar_id for mismatch in result.mismatches}):
        says = _says(client, Question(at=result.at, webinar_ids=(webinar_id,)))
        records = _records(client, webinar_id, webinar_id)
        for should_be in oracle.numbers(records, _moment(result.at), _rules(settings), business):
            mismatches += _differences(should_be, says)
        mismatches += _left_over(says)
    result.mismatches = mismatches
    _count(client, result)


def _says(client: Client, question: Question) -> dict[Key, Row]:
    says: dict[Key, Row] = {(row["webinar_id"], None): row for row in answer(client, question)}
    for row in by_webinar_and_source(client, question):
        says[row["webinar_id"], row["source_group"]] = row
    return says


def _differences(should_be: Row, says: dict[Key, Row]) -> Iterator[Mismatch]:
    """Compares one webinar, as a whole and by source, and removes what it compared from `says`."""
    webinar_id = should_be["webinar_id"]
    expected: dict[str | None, Row] = {None: should_be, **should_be["by_source"]}
    for group, numbers in expected.items():
        said = says.pop((webinar_id, group), None)
        if said is None:
            yield Mismatch(webinar_id, group, "numbers", "no row", "a row")
            continue
        for name in sorted(numbers.keys() - _NOT_COMPARED):
            # The report has null for an empty text.
            wanted = None if numbers[name] == "" else numbers[name]
            if said[name] != wanted:
                yield Mismatch(webinar_id, group, name, said[name], wanted)


def _left_over(says: dict[Key, Row]) -> Iterator[Mismatch]:
    """Rows of the report without any event. A source group without numbers is ignored: a moved link leaves one."""
    for (webinar_id, group), row in says.items():
        if group is None or any(row[name] for name in COUNTS):
            yield Mismatch(webinar_id, group, "numbers", "a row", "no row")


def _batches(client: Client) -> Iterator[tuple[str, str]]:
    """(first, last) webinar of ranges with about _EVENTS_AT_ONCE events each."""
    first, last, events = "", "", 0
    sizes = client.query("SELECT webinar_id, count() FROM events GROUP BY webinar_id ORDER BY webinar_id").result_rows
    for webinar_id, size in sizes:
        if events and events + size > _EVENTS_AT_ONCE:
            yield first, last
            events = 0
        first, last, events = webinar_id if not events else first, webinar_id, events + size
    if events:
        yield first, last


def _records(client: Client, first: str, last: str) -> list[bytes]:
    return [
        event
        for (event,) in client.query(
            "SELECT event FROM events FINAL WHERE webinar_id BETWEEN {first:String} AND {last:String}",
            parameters={"first": first, "last": last},
            query_formats={"String": "bytes"},
        ).result_rows
    ]


def _count(client: Client, result: Result) -> None:
    counted = client.query(
        "SELECT (SELECT count() FROM persons FINAL WHERE same_as = ''), (SELECT count() FROM dead_letters FINAL)"
    )
    result.persons, result.dead_letters = counted.result_rows[0]


def _rules(settings: Settings) -> oracle.Rules:
    return oracle.Rules(
        default_duration=timedelta(seconds=settings.default_duration_seconds),
        live_grace=timedelta(seconds=settings.live_grace_seconds),
        sign_of_life=timedelta(seconds=settings.sign_of_life_seconds),
        full_percent=settings.full_percent,
        matched_percent=settings.matched_percent,
        default_timezone=settings.default_timezone,
        stayed_minutes=STAYED_MINUTES,
    )


def business_rules(client: Client) -> oracle.Business:
    """The business's decisions from the tables. A source that no rule sorts must have the default rule's group."""
    groups = client.query("SELECT source, source_group FROM sources FINAL WHERE sorted").result_rows
    domains = client.query("SELECT domain_id FROM excluded_domains FINAL WHERE excluded").result_rows
    return oracle.Business(
        groups={frozenset(json.loads(source).items()): group for source, group in groups},
        excluded_domains=frozenset(domain_id for (domain_id,) in domains),
    )


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC) + timedelta(milliseconds=at % 1000)
