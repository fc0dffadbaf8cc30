"""Reads from the views what alerts are evaluated on, and remembers the curves of webinars that do not change."""

from collections.abc import Iterable, Mapping
from typing import Any

from clickhouse_connect.driver.client import Client

from alerts.detection.measurements import METRICS, Counts, webinar_of
from alerts.detection.reason import Cell, cell_of
from alerts.detection.settings import Metric
from alerts.evidence import Curve, Evidence, Final, Plan, Step, WebinarInfo, curves_needed
from clickhouse.at import AT, at_parameter
from contract.instants import DAY
from contract.measures import STEPS, WATCHED

HISTORY_DAYS = 400
"""Webinars that began earlier say nothing any more of what is usual."""
_MOST_CURVES = 5_000
_LATELY = 7 * DAY
"""Of webinars that ended earlier nothing is told any more."""
_CONVERTED = ", ".join(f"registered_{step.metric}" for step in STEPS)
_WATCHED = ", ".join(f"registered_{step.metric}" for step in WATCHED)

_HELD = f"""
SELECT * FROM held(at = {AT})
WHERE begin_ms >= {{since:Int64}}
"""
_FINALS = f"""
SELECT
    webinar_id, source_group, registrations, {_CONVERTED}, visits_all, walk_ins
FROM funnel_by_source(at = {AT})
WHERE completeness IN ('final', 'being_completed')
"""
# Still on when the webinar ended: what was over before was not a drop of it as a whole.
_FELL = """
SELECT webinar_id, max(until) AS until FROM findings FINAL
WHERE kind = 'drop' AND webinar_id != '' AND since <= {at:Int64}
GROUP BY webinar_id
"""
_FIRST = """
SELECT webinar_id, min(written_at) AS first
FROM events
WHERE webinar_id IN {webinar_ids:Array(String)}
GROUP BY webinar_id
"""
_HEARD = """
SELECT webinar_id, max(written_at) AS heard
FROM events
WHERE webinar_id IN {webinar_ids:Array(String)} AND topic != 'webinar.registrations.v1'
GROUP BY webinar_id
"""
# What a curve rests on: its webinar, its persons, the sorting of sources, the excluded domains.
_TOKENS = """
SELECT
    webinar.webinar_id, toString(tuple(webinar.version, changes.changed_at,
        (SELECT max(version) FROM sources), (SELECT max(version) FROM excluded_domains)))
FROM (SELECT webinar_id, version FROM webinars FINAL WHERE webinar_id IN {webinar_ids:Array(String)}) AS webinar
LEFT JOIN (SELECT webinar_id, max(changed_at) AS changed_at FROM webinar_changes GROUP BY webinar_id) AS changes
    ON changes.webinar_id = webinar.webinar_id
"""
_CURVES = f"""
SELECT
    webinar_id, source_group, minute, registrations, [{_WATCHED}] AS watched, visits_all, walk_ins
FROM minute_counts(at = {AT})
WHERE webinar_id IN {{webinar_ids:Array(String)}}
"""
_CELLS = f"""
SELECT
    webinar_id, registrations, {_CONVERTED}, source_group, raw_source, campaign, people, country
FROM reason_cells(at = {AT}, webinar_ids = {{webinar_ids:Array(String)}}, elapsed = {{elapsed:Int64}})
"""


class Reader:
    """What the alerts ask ClickHouse. Raises what its client raises."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._curves: dict[str, tuple[str, Curve]] = {}

    def webinars(self, at: int) -> dict[str, WebinarInfo]:
        """All webinars with a time that are not cancelled, as they stand at `at` (ms)."""
        rows = self._rows(_HELD, at)
        running = [row["webinar_id"] for row in rows if row["begun"] and not row["ended"]]
        reported = self._pairs(_HEARD, running) if running else {}
        lately = [row["webinar_id"] for row in rows if row["ended"] and row["ended_ms"] >= at - _LATELY]
        first = self._pairs(_FIRST, lately) if lately else {}
        had_drop = {row[0]: row[1] for row in self._client.query(_FELL, {"at": at}).result_rows}
        return {
            row["webinar_id"]: _held(
                row,
                reported.get(row["webinar_id"], 0),
                had_drop.get(row["webinar_id"], 0),
                first.get(row["webinar_id"], 0),
            )
            for row in rows
        }

    def finals(self, at: int) -> dict[str, Final]:
        """The numbers of the webinars that had ended."""
        grouped: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows(_FINALS, at):
            grouped.setdefault(row["webinar_id"], []).append(row)
        return {webinar_id: _final(rows) for webinar_id, rows in grouped.items()}

    def evidence(self, webinars: Mapping[str, WebinarInfo], planned: Plan, at: int) -> Evidence:
        """All that the planned evaluation needs."""
        return Evidence(webinars, self.finals(at), self.curves(curves_needed(planned), at), self.names())

    def names(self) -> dict[str, str]:
        """Source groups as people wrote them, where that is another form."""
        return {row[0]: row[1] for row in self._client.query("SELECT source_group, name FROM source_names").result_rows}

    def curves(self, webinar_ids: Iterable[str], at: int) -> dict[str, Curve]:
        """The curves of these webinars. Those that have changed since are read again."""
        wanted = sorted(webinar_ids)
        if not wanted:
            return {}
        tokens = self._pairs(_TOKENS, wanted)
        missing = [one for one in wanted if self._curves.get(one, ("",))[0] != tokens.get(one)]
        if missing:
            self._read_curves(missing, tokens, at)
        return {one: self._curves[one][1] for one in wanted if one in self._curves}

    def cells(self, webinar_ids: Iterable[str], elapsed: int, metric: Metric, at: int) -> dict[str, list[Cell]]:
        """The people of these webinars `elapsed` ms after the start of each, by what may explain a change."""
        found: dict[str, list[Cell]] = {}
        parameters = {"webinar_ids": sorted(webinar_ids), "elapsed": elapsed}
        for row in self._rows(_CELLS, at, **parameters):
            found.setdefault(row["webinar_id"], []).append(cell_of(row, metric))
        return found

    def _read_curves(self, missing: list[str], tokens: Mapping[str, str], at: int) -> None:
        steps: dict[str, dict[str, list[Step]]] = {one: {} for one in missing}
        result = self._client.query(_CURVES, parameters={"at": at_parameter(at), "webinar_ids": missing})
        for webinar_id, group, minute, registrations, watched, visits_all, walk_ins in result.result_rows:
            step = Step(minute, registrations, tuple(watched), visits_all, walk_ins)
            steps[webinar_id].setdefault(group, []).append(step)
        if len(self._curves) > _MOST_CURVES:
            self._curves.clear()
        for one in missing:
            self._curves[one] = (tokens.get(one, ""), Curve(steps[one]))

    def _pairs(self, statement: str, webinar_ids: list[str]) -> dict[str, Any]:
        return {row[0]: row[1] for row in self._client.query(statement, {"webinar_ids": webinar_ids}).result_rows}

    def _rows(self, statement: str, at: int, **more: object) -> list[dict[str, Any]]:
        parameters = {"at": at_parameter(at), "since": at - HISTORY_DAYS * DAY, **more}
        return list(self._client.query(statement, parameters=parameters).named_results())


def _held(row: Mapping[str, Any], reported: int, dropped_until: int, first: int) -> WebinarInfo:
    webinar = webinar_of(row, had_drop=bool(row["ended"]) and dropped_until > row["ended_ms"])
    timezone = row["timezone"] or "UTC"
    return WebinarInfo(webinar, row["title"], row["ended_ms"], timezone, reported >= webinar.begin, first > webinar.end)


def _final(rows: list[dict[str, Any]]) -> Final:
    groups = {
        row["source_group"]: Counts(row["registrations"] or 0, *(row[f"registered_{metric}"] for metric in METRICS))
        for row in rows
        if row["registrations"]
    }
    return Final(groups, sum(row["visits_all"] or 0 for row in rows), sum(row["walk_ins"] or 0 for row in rows))
