"""What the job that keeps the present (current.py) asks ClickHouse, and the rows that it writes."""

from clickhouse.at import AT
from clickhouse.sql import rendered

CHANGED = """
SELECT
    toString(now64(3, 'UTC')) AS at,
    toUnixTimestamp64Milli(now64(3)) AS at_ms,
    (SELECT thresholds FROM rules FINAL) AS thresholds,
    toString(tuple(
        (SELECT max(version) FROM excluded_domains), (SELECT max(version) FROM sources),
        (SELECT any(hash) FROM current_definition FINAL))) AS shared,
    toString(tuple(
        shared, (SELECT (sum(version), max(rules_changed_at)) FROM webinar_instants),
        (SELECT sum(inserts) FROM webinar_changes), (SELECT count() FROM totals))) AS changed
"""
"""The moment of a turn by the server's clock; what all rows rest on; another text when anything may have changed."""

DUE = rendered("""
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.begin_at AS begin_at,
    {at_ms} AS at_ms,
    begun_from <= at_ms AND least(first_ended_from, ended_from) > at_ms AS live,
    concat(
        {shared:String}, ' ',
        toString(tuple(webinar.version, webinar.rules_changed_at, changes.inserts, said.n))) AS made_of,
    -- While time alone changes it: any moment.
    if(
        live OR greatest(changes.latest_at, said.latest_at) > at_ms,
        0,
        arrayMin(arrayFilter(
            instant -> instant > at_ms,
            [begin_known_from, begun_from, first_ended_from, ended_from, completed_at, first_end_at + 86400000,
                end_at + 86400000, toInt64({never})]))) AS due_at,
    kept.was_made_of != made_of OR kept.was_due_at <= at_ms AS due
FROM
(
    SELECT
        webinar_id, version, rules_changed_at, begin_known_from, begun_from, first_ended_from, ended_from, completed_at,
        first_end_at, end_at, begin_at
    FROM webinar_instants FINAL
) AS webinar
LEFT JOIN
(
    SELECT webinar_id, sum(inserts) AS inserts, max(latest_at) AS latest_at FROM webinar_changes GROUP BY webinar_id
) AS changes ON changes.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT webinar_id, count() AS n, max(reported_at) AS latest_at FROM totals FINAL GROUP BY webinar_id
) AS said ON said.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT webinar_id, made_of AS was_made_of, due_at AS was_due_at FROM current_webinars FINAL
) AS kept ON kept.webinar_id = webinar.webinar_id
WHERE due OR live
""")
"""The webinars whose row no longer holds, is missing, or has to be made anew as time passes; and all live ones."""

_SHOWN = (
    "webinar_id, starts, local_start, weekday, title, platform, course, language, region, format, completeness,"
    " local_time, week, hour, begun, ended, begin_ms, end_ms, matched_percent, window_ms, tells, totals_only, groups,"
    " numbers, raw_sources, watching, room, timeline, registered_minutes"
)
"""Columns of standing_at and of current_webinars."""

KEEP = rendered(f"""
INSERT INTO current_webinars ({_SHOWN}, made_at, made_of, due_at, thresholds)
SELECT
    {_SHOWN},
    {AT} AS made_at,
    {{made_of:Array(String)}}[indexOf({{webinar_ids:Array(String)}}, webinar_id)] AS made_of,
    -- While people wait in its room it changes though it has not begun.
    if(
        arrayExists(one -> one.{{kept_room.waiting}} > 0, standing.room), 0,
        {{due_at:Array(Int64)}}[indexOf({{webinar_ids:Array(String)}}, webinar_id)]) AS due_at,
    {{thresholds}} AS thresholds
FROM standing_at(at = {AT}, webinar_ids = {{webinar_ids:Array(String)}}) AS standing
""")

BASELINES = rendered(f"""
INSERT INTO current_baselines (webinar_id, made_at, minute, n, bands)
SELECT
    chosen.webinar_id AS webinar_id,
    {AT} AS made_at,
    intDiv({{at_ms}} - chosen.begin_at, 60000) AS minute,
    typical.n AS n,
    [{{each watched: typical.{{column}}_band}}] AS bands
FROM
(
    SELECT webinar_id, begin_at FROM webinar_instants FINAL WHERE webinar_id IN {{webinar_ids:Array(String)}}
) AS chosen
LEFT JOIN baselines_now_at(at = {AT}) AS typical ON typical.webinar_id = chosen.webinar_id
""")

SAY = rendered(f"INSERT INTO current_turns (id, made_at, thresholds) SELECT {{id:UInt8}}, {AT}, {{thresholds}}")
