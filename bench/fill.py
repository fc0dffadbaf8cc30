"""Fills a database with webinars and persons by SQL, as workers would leave it: no Kafka, no folding."""

import asyncio
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from clickhouse.sql import rendered
from contract.instants import FAR_FUTURE, HOUR
from streams.fold.row import COLUMNS
from streams.jobs.current import Current
from streams.jobs.current_people import CurrentPeople
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store

_SLICE = 250
"""Webinars per statement, which bounds its memory."""
_PER_DAY = 14
_UPCOMING = 10
"""This many of the last webinars are upcoming; the one before them is live."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much to fill in. `now_ms`: the present of the data, ms since 1970 UTC."""

    webinars: int
    persons: int
    now_ms: int

    @property
    def persons_each(self) -> int:
        return self.persons // self.webinars


def fill(client: Client, config: Settings, size: Size) -> None:
    """Writes webinars, sources, persons, one event per person, and baselines; then settles ended webinars and stores
    their timelines and the numbers of now."""
    client.command(_webinars(size))
    client.command(_SOURCES)
    for first in range(0, size.webinars, _SLICE):
        client.command(_persons(size, first))
    client.command(_events(size))
    client.command(_BASELINES)
    client.command(_FINDINGS)
    client.command("OPTIMIZE TABLE persons")
    asyncio.run(_finish(Store(config.model_copy(update={"insert_timeout_seconds": 600.0}))))


async def _finish(store: Store) -> None:
    await write_settled_counts(store, 0)
    await write_timelines(store, 0)
    await Current(store).work()
    await CurrentPeople(store).work()


def _begin(size: Size, number: str) -> str:
    """One webinar at each interval, the last _UPCOMING of them upcoming; now is half an hour into the live one."""
    step = 24 * HOUR // _PER_DAY
    return f"{size.now_ms} - {HOUR // 2} - ({size.webinars - _UPCOMING - 1} - toInt64({number})) * {step}"


def _webinars(size: Size) -> str:
    return f"""
INSERT INTO webinars (webinar_id, version, title, course, language, region, format, status, status_said_at, starts_at,
    duration_ms, started_at, ended_at, completed_at, timezone, zone_known, tells, begin, local_begin, local_starts_at,
    state)
SELECT
    concat('zoom:', toString(9000000 + number)), 1, concat('Webinar ', toString(number)),
    concat('Course ', toString(number % 8)), ['en', 'de', 'es', 'pt', 'ru'][number % 5 + 1],
    ['EU', 'US', 'LATAM', 'APAC'][number % 4 + 1], if(number % 10 = 0, 'recorded', 'live'),
    multiIf(at + {HOUR} < {size.now_ms}, 'ended', at < {size.now_ms}, 'live', 'scheduled'), at, at, {HOUR},
    if(at < {size.now_ms}, at, {FAR_FUTURE}), if(at + {HOUR} < {size.now_ms}, at + {HOUR}, {FAR_FUTURE}),
    if(at + {2 * HOUR} < {size.now_ms}, at + {2 * HOUR}, {FAR_FUTURE}), 'Europe/Berlin', true,
    ['live', 'leaves', 'recording_views', 'persons', 'seconds'], at, at + {HOUR}, at + {HOUR}, '{{}}'
FROM (SELECT number, {_begin(size, "number")} AS at FROM numbers({size.webinars}))"""


_SOURCES = """
INSERT INTO sources
SELECT concat('{"utm_source":"s', toString(number), '"}'), concat('s', toString(number % 20)), number % 3 > 0, 1
FROM numbers(60)"""


_REACHED = rendered(
    "[{each stayed: if(came AND gone - joined >= {ms}, joined + {ms}, toInt64({never}))}], {thresholds}"
)


def _persons(size: Size, first: int) -> str:
    webinars = min(_SLICE, size.webinars - first)
    return f"""
INSERT INTO persons ({", ".join(COLUMNS)})
SELECT
    concat('zoom:', toString(9000000 + webinar)), concat('p_', lower(hex(sipHash128(number, webinar % 7)))), 1, '',
    number % 101 = 0, [], concat('{{"utm_source":"s', toString(number * 7 % 60), '"}}'),
    [begin - 1 - rand() % {7 * 24 * HOUR}], [toUInt8(1)],
    if(came, joined, {FAR_FUTURE}), {FAR_FUTURE}, if(came, [joined], []), if(came, [gone], []), begin,
    if(came, joined + 1000, {FAR_FUTURE}),
    {_REACHED}, {FAR_FUTURE}, 0,
    if(number % 17 = 0 AND begin + {24 * HOUR} < {size.now_ms}, [begin + {24 * HOUR}], []),
    '{{"t":[["2026-11-22T18:00:00.000Z"]],"s":{{}}}}'
FROM
(
    SELECT
        number,
        {first} + number % {webinars} AS webinar,
        {_begin(size, "webinar")} AS begin,
        cityHash64(number, webinar) % 100 < 40 AND begin < {size.now_ms} AS came,
        begin + cityHash64(number, 1) % 600000 AS joined,
        least(begin + {HOUR}, joined + cityHash64(number, 2) % 4000000) AS gone
    FROM numbers({webinars * size.persons_each})
)"""


def _events(size: Size) -> str:
    return f"""
INSERT INTO events (webinar_id, event_id, topic, event, inserted_at)
SELECT
    concat('zoom:', toString(9000000 + number % {size.webinars})), toString(number),
    'webinar.registrations.v1', '{{}}', fromUnixTimestamp64Milli({size.now_ms} - number % 1000000000, 'UTC')
FROM numbers({size.persons})"""


_BASELINES = rendered("""
INSERT INTO baseline_values (webinar_id, evaluated_at, likeness, n, members, weights, registrations, registrations_low,
    registrations_high, conversion, conversion_low, conversion_high, stays, conversion_full, conversion_full_low,
    conversion_full_high)
SELECT webinar_id, now64(3), 'like it', 12,
    arrayMap(
        ago -> concat('zoom:', toString(toUInt32(splitByChar(':', webinar_id)[{id.own}]) - 8 * ago)), range(1, 13)),
    range(12, 0, -1), 2000, 1800, 2200, 0.4, 0.39, 0.41,
    [{each stayed: ({seconds}, 0.3, 0.29, 0.31)}], 0.05, 0.04, 0.06
FROM webinars""")
_FINDINGS = rendered("""
INSERT INTO findings
SELECT concat(webinar_id, ' drop'), webinar_id, 'drop', 'visits', begin, {never}, 0.3, 0.4,
    'Fewer came than usual: 30 % instead of 40 %.', '{}', now64(3)
FROM webinars
WHERE cityHash64(webinar_id) % 40 = 0""")
