"""What the job that judges webinars asks ClickHouse, and the rows that it writes (judging.py)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from alerts.detection.judgement_rows import JudgementRow, People
from alerts.detection.measurements import METRICS, Counts, Webinar, webinar_of
from alerts.detection.peers import PeerGroup
from alerts.detection.typical import Band, lower, upper
from alerts.detection.verdict import REGISTRATIONS, Own, Verdict
from clickhouse.at import AT, at_parameter
from clickhouse.sql import rendered
from contract.instants import FAR_FUTURE
from contract.measures import CAME, FULL, STAYED, STEPS, WATCHED
from streams.store import Store

_CHANGED = """
SELECT toString(tuple(
    (SELECT sum(version) FROM webinars FINAL), (SELECT max(changed_at) FROM webinar_changes),
    (SELECT count() FROM totals), (SELECT max(changed_at) FROM rules), (SELECT max(version) FROM sources),
    (SELECT max(version) FROM notes),
    (SELECT max(version) FROM excluded_domains), (SELECT max(version) FROM connector_reports WHERE type = 'imported')
)) AS token
"""
_SAME = """
SELECT toString(tuple(
    (SELECT max(changed_at) FROM rules), (SELECT max(version) FROM excluded_domains),
    (SELECT max(version) FROM sources))) AS token
"""
_HELD = f"""
SELECT held.*, shown.token AS token, shown.moving AS moving
FROM held(at = {AT}) AS held
LEFT JOIN
(
    SELECT
        webinar.webinar_id AS webinar_id,
        toString(tuple(webinar.version, changes.changed_at, said.n)) AS token,
        changes.changed_at > now64(3) - INTERVAL {{margin:UInt32}} SECOND AS moving
    FROM (SELECT webinar_id, version FROM webinars FINAL) AS webinar
    LEFT JOIN
    (
        SELECT webinar_id, max(changed_at) AS changed_at FROM webinar_changes GROUP BY webinar_id
    ) AS changes ON changes.webinar_id = webinar.webinar_id
    LEFT JOIN (SELECT webinar_id, count() AS n FROM totals GROUP BY webinar_id) AS said
        ON said.webinar_id = webinar.webinar_id
) AS shown ON shown.webinar_id = held.webinar_id
"""
_NUMBERS = f"""
SELECT webinar_id, registrations, {", ".join(f"registered_{step.metric}" for step in STEPS)}, visits_all, walk_ins
FROM funnel(at = {AT})
WHERE webinar_id IN {{webinar_ids:Array(String)}}
"""
# For sentences: source groups as people wrote them.
_CELLS = rendered(f"""
SELECT * REPLACE ({{source_name source_group}} AS source_group)
FROM reason_cells(at = {AT}, webinar_ids = {{webinar_ids:Array(String)}}, elapsed = {{elapsed:Int64}})
""")
_GROWTH = f"""
SELECT webinar_id, groupArray((hours, registered)) AS growth
FROM
(
    SELECT webinar_id, intDiv(-least(minute, 0), 60) AS hours, sum(registrations) AS registered
    FROM minute_counts(at = {AT})
    WHERE webinar_id IN {{webinar_ids:Array(String)}}
    GROUP BY webinar_id, hours
    HAVING registered != 0
)
GROUP BY webinar_id
"""
_GROWN = """
SELECT webinar_id, growth FROM judgements FINAL
WHERE state = 'ended' AND webinar_id IN {webinar_ids:Array(String)}
"""
_NOW = rendered(f"""
SELECT webinar_id, n, {{each watched: {{column}}_band}}
FROM baselines_now_at(at = {AT})
""")
_HEARD = """
SELECT webinar_id, max(written_at) AS heard
FROM events
WHERE webinar_id IN {webinar_ids:Array(String)} AND topic != 'webinar.registrations.v1'
GROUP BY webinar_id
"""
_MADE = "SELECT webinar_id, made_of FROM judgements FINAL WHERE state = 'ended' AND valid_from != {never:Int64}"
_LATEST = """
SELECT webinar_id, state, moment, why, why_registrations, found
FROM judgements FINAL
WHERE state != 'ended'
ORDER BY moment DESC
LIMIT 1 BY webinar_id
"""


Latest: TypeAlias = tuple[str, tuple[Any, ...], int, dict[tuple[str, str], int]]
"""State, what was said in short, when (ms), and since when each of it holds."""


class Judgement(NamedTuple):
    """A row of the table judgements but for judged_at."""

    webinar_id: str
    state: str
    moment: int
    valid_from: int
    made_of: str
    why: str
    why_registrations: str
    found: Sequence[JudgementRow]
    growth: Sequence[tuple[int, int]] = ()


class TypicalRow(NamedTuple):
    """A row of the table baseline_values but for evaluated_at."""

    webinar_id: str
    likeness: str
    n: int
    members: Sequence[str]
    weights: Sequence[int]
    registrations: float | None
    registrations_low: float | None
    registrations_high: float | None
    conversion: float | None
    conversion_low: float | None
    conversion_high: float | None
    conversion_full: float | None
    conversion_full_low: float | None
    conversion_full_high: float | None
    stays: Sequence[tuple[int, float | None, float | None, float | None]]


class PaceRow(NamedTuple):
    """A row of the table pace but for evaluated_at."""

    webinar_id: str
    registrations: int
    baseline_now: float | None
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    baseline_final: float | None
    n: int


class Seen(NamedTuple):
    """A webinar as it stands."""

    webinar: Webinar
    token: str
    """Another one when anything of it changed."""
    moving: bool
    """It changed a moment ago: more may be under way."""


def typical_row(webinar_id: str, like: PeerGroup, verdict: Verdict) -> TypicalRow:
    """What is typical for the webinar."""
    main = [one for one in like.members if one.weight]
    return TypicalRow(
        webinar_id,
        like.likeness,
        like.n,
        [one.webinar_id for one in main],
        [one.weight for one in main],
        *_of(verdict, REGISTRATIONS),
        *_of(verdict, CAME.metric),
        *_of(verdict, FULL.metric),
        [(step.seconds or 0, *_of(verdict, step.metric)) for step in STAYED],
    )


def _of(verdict: Verdict, metric: str) -> tuple[float | None, float | None, float | None]:
    band = verdict.bands.get(metric)
    return (None, None, None) if band is None else (band.middle, band.low, band.high)


def fingerprint(one: Seen, like: PeerGroup, tokens: Mapping[str, str], same: str) -> str:
    """Of all that the verdict on an ended webinar rests on: itself, and what each one like it says."""
    webinar = one.webinar._replace(capabilities=frozenset())
    said = [repr(webinar), *sorted(one.webinar.capabilities), one.token, same]
    said += [f"{member.webinar_id} {member.weight} {tokens.get(member.webinar_id, '')}" for member in like.members]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


class Asking:
    """The questions of one turn, at one moment (ms). They raise StoreGone."""

    def __init__(self, store: Store, at: int) -> None:
        self._store, self.at = store, at

    async def changed(self) -> str:
        """Another text when anything may have changed since."""
        (row,) = await self._store.query(_CHANGED, {})
        return str(row["token"])

    async def same(self) -> str:
        """Another text when what concerns all webinars changed."""
        (row,) = await self._store.query(_SAME, {})
        return str(row["token"])

    async def seen(self, margin: int) -> dict[str, Seen]:
        """All webinars with a time that are not cancelled."""
        rows = await self._rows(_HELD, margin=margin)
        return {row["webinar_id"]: Seen(webinar_of(row), row["token"], bool(row["moving"])) for row in rows}

    async def numbers(self, webinar_ids: Iterable[str]) -> dict[str, Own]:
        """The numbers of these webinars."""
        rows = await self._rows(_NUMBERS, webinar_ids=sorted(webinar_ids))
        return {
            row["webinar_id"]: Own(
                Counts(row["registrations"] or 0, *(row[f"registered_{metric}"] for metric in METRICS)),
                row["visits_all"] or 0,
                row["walk_ins"] or 0,
            )
            for row in rows
        }

    async def people(self, webinar_ids: Iterable[str], elapsed: int) -> People:
        """The people of these webinars by all that may explain a change, `elapsed` ms after the start of each.

        Their source groups are as people wrote them.
        """
        found: dict[str, list[Mapping[str, Any]]] = {}
        wanted = sorted(webinar_ids)
        for row in await self._rows(_CELLS, webinar_ids=wanted, elapsed=elapsed) if wanted else []:
            found.setdefault(row["webinar_id"], []).append(row)
        return found

    async def growth(self, webinar_ids: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """How the registrations of ended webinars came about, by whole hours before the start."""
        rows = await self._rows(_GROWTH, webinar_ids=sorted(webinar_ids))
        return {row["webinar_id"]: sorted(row["growth"]) for row in rows}

    async def grown(self, webinar_ids: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """The same as it was written down."""
        rows = await self._store.query(_GROWN, {"webinar_ids": sorted(webinar_ids)})
        return {row["webinar_id"]: row["growth"] for row in rows}

    async def bands(self, people: Mapping[str, int]) -> dict[str, tuple[int, dict[str, Band]]]:
        """Of each webinar that runs: how many like it lasted so long, and their bands at its minute."""
        found = {}
        for row in await self._rows(_NOW):
            n = people.get(row["webinar_id"], 0)
            told = {step.metric: row[f"{step.column}_band"] for step in WATCHED} if n else {}
            bands = {
                metric: Band(lower(band[0], n), band[1], upper(band[2], n))
                for metric, band in told.items()
                if band and None not in band
            }
            found[row["webinar_id"]] = row["n"], bands
        return found

    async def heard(self, webinar_ids: Sequence[str]) -> dict[str, int]:
        """When these webinars' services last said anything but registrations, ms."""
        rows = await self._store.query(_HEARD, {"webinar_ids": list(webinar_ids)}) if webinar_ids else []
        return {row["webinar_id"]: row["heard"] for row in rows}

    async def made(self) -> dict[str, str]:
        """Webinar -> the fingerprint that it was judged with."""
        return {row["webinar_id"]: row["made_of"] for row in await self._store.query(_MADE, {"never": FAR_FUTURE})}

    async def latest(self) -> dict[str, Latest]:
        """Webinar -> what was last said of it while live or upcoming."""
        return {
            row["webinar_id"]: (
                row["state"],
                (row["why"], row["why_registrations"], tuple((one[0], one[1]) for one in row["found"])),
                row["moment"],
                {(one[0], one[1]): one[6] for one in row["found"]},
            )
            for row in await self._store.query(_LATEST, {})
        }

    async def _rows(self, statement: str, **more: object) -> list[dict[str, Any]]:
        return await self._store.query(statement, {"at": at_parameter(self.at), **more})
