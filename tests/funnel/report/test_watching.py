"""docs/contract.md, "Watching": by cases worked by hand, and by counting who is there at every instant."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import given
from hypothesis import strategies as st

from contract.instants import FAR_FUTURE, SECOND, format_instant
from contract.measures import WATCHING
from funnel.business.lists import DomainRow
from funnel.report import oracle
from funnel.report.numbers import Question, answer
from funnel.report.oracle_attendance import peak
from funnel.report.table import duration, watching
from funnel.report.verify import compare
from streams.fold.lines import line
from streams.fold.row import stays
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import T0, Event, at, attendance, hour_long, identity, moment, registration, stay, totals
from tests.rows import insert, put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

EXCLUDED = "d_" + "e" * 32
BUSINESS = oracle.Business(excluded_domains=frozenset({EXCLUDED}))
NAMES = ("no_shows", "watch_seconds", *(measure.name for measure in WATCHING))

FOLDER = Path(__file__).parents[2] / "examples/watching"
CASES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
"""Name -> a webinar from minute 0 to 60, and what is known of it at some minutes. Times are minutes, or "m:ss"."""
FLAGS = ("role", "is_test", "domain_id")


def minute(time: float | str) -> float:
    if isinstance(time, str):
        minutes, _, seconds = time.partition(":")
        return int(minutes) + float(seconds) / 60
    return time


def events_of(case: dict[str, Any], webinar_id: str) -> list[Event]:
    times = {name: moment(said) if name.endswith("_at") else said for name, said in case.get("webinar", {}).items()}
    events = hour_long(webinar_id, **times)
    if "totals" in case:
        events.append(totals(webinar_id=webinar_id, **case["totals"]))
    for number, one in enumerate(case.get("people", []), start=1):
        events += [*_person(number, one, webinar_id)]
    return events


def _person(number: int, one: dict[str, Any], webinar_id: str) -> Iterator[Event]:
    flags = {name: one[name] for name in FLAGS if name in one}
    for status, said in one.get("status", [["registered", -100]] if one.get("registered", True) else []):
        yield registration(number, said, status, webinar_id, **flags)
    yield from _sessions(number, one.get("sessions", []), webinar_id)
    yield from chain.from_iterable(stay(number, minute(a), minute(b), webinar_id, "0") for a, b in one.get("again", []))
    for seen in one.get("seen", []):
        yield attendance(number, "seen", seen, webinar_id, session_id=f"p_{number:032x}-0")
    if "total" in one:
        yield attendance(number, "summary", 61, webinar_id, total_seconds=one["total"], reported_at=moment(62))
    if "registrant" in one:
        yield identity(number, number, webinar_id=webinar_id)
        yield from _sessions(f"r_{number:032x}", one["registrant"]["sessions"], webinar_id)


def _sessions(person: int | str, sessions: list[Any], webinar_id: str) -> Iterator[Event]:
    for index, (start, end) in enumerate(sessions):
        both = stay(person, minute(start), minute(end if end is not None else start), webinar_id, str(index))
        yield from both if end is not None else both[:1]


def expected_of(case: dict[str, Any], minutes: str) -> dict[str, Any]:
    said: dict[str, Any] = case["at"][minutes]
    return said | {"peak_at": None if said["peak_at"] is None else moment(said["peak_at"])}


def part(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in NAMES}


@pytest.mark.parametrize("name", CASES)
def test_the_oracle_says_what_was_worked_by_hand(name: str) -> None:
    records = [orjson.dumps(event) for event in events_of(CASES[name], "zoom:1")]
    for minutes in CASES[name]["at"]:
        (row,) = oracle.numbers(records, T0 + timedelta(minutes=float(minutes)), oracle.Rules(), BUSINESS)
        assert part(row) == expected_of(CASES[name], minutes), minutes


@pytest.fixture(scope="module")
def cases(clickhouse_server: Server) -> Iterator[tuple[Client, Settings]]:
    """A database with a webinar a case, zoom:<name>."""
    with lent_database(clickhouse_server) as (config, client):
        insert(client, "excluded_domains", DomainRow, [line(DomainRow(EXCLUDED, True, 1))])
        put(client, config, [event for name, case in CASES.items() for event in events_of(case, f"zoom:{name}")])
        yield client, config


async def test_the_report_says_it_too_settled_or_not(cases: tuple[Client, Settings]) -> None:
    client, config = cases
    for _ in ("computed", "settled"):
        for minutes in {minutes for case in CASES.values() for minutes in case["at"]}:
            rows = {row["webinar_id"]: part(row) for row in answer(client, Question(at(float(minutes))))}
            for name, case in CASES.items():
                if minutes in case["at"]:
                    assert rows[f"zoom:{name}"] == expected_of(case, minutes), (name, minutes)
        assert compare(client, config, at(120)).mismatches == []
        await write_settled_counts(Store(config), margin_seconds=0)


def test_of_groups_they_are_sums_and_the_average_is_sum_over_sum(cases: tuple[Client, Settings]) -> None:
    client, _ = cases
    names = (
        "walk-ins-watch-and-are-no-no-shows",
        "totals-only-say-nothing-of-it",
        "overlapping-devices-are-one-person",
    )
    ids = tuple(f"zoom:{name}" for name in names)
    (week,) = answer(client, Question(at(120), by=("week",), webinar_ids=ids))
    # Walk-ins: 2,400 s of 2 people; devices: 3,300 s of 2; of the totals' 80 visits nobody told how long.
    assert (week["visits"], week["no_shows"], week["watch_seconds"]) == (84, 1, 5700)
    assert week["average_watch_seconds"] == 5700 / 4
    assert week["median_watch_seconds"] is week["peak_viewers"] is week["peak_at"] is None
    sources = {row["source_group"]: part(row) for row in answer(client, Question(at(120), ("source_group",), ids))}
    nothing = dict.fromkeys(("median_watch_seconds", "peak_viewers", "peak_at"))
    assert sources == {
        "No source given": {"no_shows": 1, "watch_seconds": 3900, "average_watch_seconds": 1300.0, **nothing},
        "Walk-in": {"no_shows": 0, "watch_seconds": 1800, "average_watch_seconds": 1800.0, **nothing},
        "Not told by source": dict.fromkeys(NAMES),
    }
    (told,) = answer(client, Question(at(120), by=("platform",), webinar_ids=ids[1:2]))
    assert part(told) == dict.fromkeys(NAMES)


PLANTED = (
    ("watching", "[(watching[1].1 + 1, watching[1].2, watching[1].3)]", {"median_watch_seconds"}),
    ("watching", "[(watching[1].1, 9, watching[1].3)]", {"peak_viewers"}),
    ("watching", "[(watching[1].1, watching[1].2, watching[1].3 + 1)]", {"peak_at"}),
    (
        "counts",
        "arrayMap(one -> arrayConcat(arrayPopBack(one), [one[-1] + 1]), counts)",
        {"watch_seconds", "average_watch_seconds"},
    ),
    (
        "counts",
        "arrayMap(one -> arrayConcat([one[1] + 1], arraySlice(one, 2)), counts)",
        {"registrations", "no_shows", "conversion", "conversion_5m"},
    ),
)
"""Column of what is settled, what is put there, the numbers that are wrong then."""


async def test_a_wrong_value_is_named(store: Client, own_config: Settings) -> None:
    """Each in a webinar of its own."""
    of_webinar = {f"zoom:{number}": one for number, one in enumerate(PLANTED)}
    case = CASES["walk-ins-watch-and-are-no-no-shows"]
    put(store, own_config, [event for webinar_id in of_webinar for event in events_of(case, webinar_id)])
    assert await write_settled_counts(Store(own_config), margin_seconds=0) == len(PLANTED)
    assert compare(store, own_config, at(3000)).mismatches == []
    for webinar_id, (column, planted, _) in of_webinar.items():
        store.command(
            "INSERT INTO settled_counts SELECT * REPLACE (settled_at + toIntervalMillisecond(1) AS settled_at,"
            f" {planted} AS {column}) FROM settled_counts FINAL WHERE webinar_id = '{webinar_id}'"
        )
    found: dict[str, set[str]] = defaultdict(set)
    for one in compare(store, own_config, at(3000)).mismatches:
        if one.source_group is None:
            found[one.webinar_id].add(one.number)
    assert found == {webinar_id: wrong for webinar_id, (_, _, wrong) in of_webinar.items()}


# -- at random

Spans = list[tuple[int, int | None]]
"""(start, end) of sessions; None: no leave."""
spans = st.lists(st.tuples(st.integers(-3, 12), st.one_of(st.integers(-3, 12), st.none())), max_size=4)


@given(st.lists(spans, max_size=7), st.integers(0, 10))
def test_the_peak_is_what_counting_at_every_instant_finds(people: list[Spans], end: int) -> None:
    """The fold's stays, looked at in each millisecond that there is, and the oracle."""
    united = [stays([_session(span) for span in sessions], 60 * SECOND)[2] for sessions in people]
    clipped = [
        [(max(a, 0), min(b, end)) for a, b in one if max(a, 0) < min(b, end)]
        for one in ([(a - FIRST, min(b - FIRST, 99)) for a, b in union] for union in united)
    ]
    there = [sum(any(a <= instant < b for a, b in one) for one in clipped) for instant in range(end)]
    moments = [[(T0 + timedelta(milliseconds=a), T0 + timedelta(milliseconds=b)) for a, b in one] for one in clipped]
    most = max(there, default=0)
    first = format_instant(at(0) + there.index(most)) if most else None
    assert peak(moments) == {"peak_viewers": most or None, "peak_at": first}


FIRST = at(0)


def _session(span: tuple[int, int | None]) -> tuple[str, int, int, int, int]:
    start, end = span
    return "s", FIRST + start, 0 if end is None else FIRST + end, FAR_FUTURE, 0


def test_many_people_at_random_are_the_same_to_views_oracle_and_counting(store: Client, own_config: Settings) -> None:
    """Whole minutes, so that many come and leave at the same instant, and the peak is reached several times."""
    chance = random.Random(7)
    told: dict[str, list[Event]] = {}
    for number in range(12):
        webinar_id = f"zoom:{number}"
        told[webinar_id] = hour_long(webinar_id)
        for person in range(25):
            told[webinar_id] += _at_random(chance, person, webinar_id)
    put(store, own_config, chain.from_iterable(told.values()))
    for minutes in (0, 7, 20.5, 60, 120):
        assert compare(store, own_config, at(minutes)).mismatches == []
        for row in answer(store, Question(at(minutes))):
            assert (row["peak_viewers"], row["peak_at"]) == _counted(told[row["webinar_id"]], min(minutes, 60)), row


def _at_random(chance: random.Random, person: int, webinar_id: str) -> Iterator[Event]:
    if chance.random() < 0.8:
        yield registration(person, webinar_id=webinar_id)
    for session in range(chance.choice([0, 1, 1, 1, 2, 3])):
        start = chance.randint(-5, 62)
        both = stay(person, start, start + chance.choice([0, 0, 1, 5, 20, 60]), webinar_id, str(session))
        yield from both if chance.random() < 0.8 else both[:1]
    if chance.random() < 0.2:
        yield attendance(
            person, "summary", 61, webinar_id, total_seconds=chance.randint(0, 4000), reported_at=moment(62)
        )


def _counted(events: list[Event], end: float) -> tuple[int | None, str | None]:
    """By looking into the room each half minute."""
    sessions: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if event.get("kind") in ("joined", "left"):
            sessions.setdefault((event["person_id"], event["session_id"]), []).append(event["occurred_at"])
    there = []
    for half in range(int(2 * end)):
        now = moment(half / 2)
        there.append(len({who for (who, _), times in sessions.items() if times[0] <= now < [*times, "9"][1]}))
    most = max(there, default=0)
    return (most, moment(there.index(most) / 2)) if most else (None, None)


def test_people_read_times_and_the_line_of_one_webinar(cases: tuple[Client, Settings]) -> None:
    assert [duration(one) for one in (None, 0, 59.6, 60, 3599.4, 3600, 36_061)] == [
        "n/a",
        "0:00",
        "0:59",
        "1:00",
        "59:59",
        "1:00:00",
        "10:01:01",
    ]
    ids = ("zoom:an-open-session-is-clipped-to-the-moment", "zoom:a-cancelled-webinar-has-no-no-shows")
    lines = [watching(row) for row in answer(cases[0], Question(at(30), webinar_ids=ids))]
    assert lines == [
        "No-shows n/a · Average watch time n/a · Median watch time n/a · Peak viewers n/a",
        "No-shows 2 · Average watch time 20:00 · Median watch time 20:00 · Peak viewers 2 (Sun 22 Nov 2026, 18:20 UTC)",
    ]
