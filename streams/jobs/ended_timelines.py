"""Keeps how each webinar that has ended went, minute by minute (docs/decisions/0016-ended-timelines.md)."""

from clickhouse.sql import rendered
from streams.jobs.ended import CHANGES_UNTIL, CHOSEN, MARGIN_SECONDS, write_in_turns
from streams.store import Store

_MOST_WEBINARS = 100
"""Of one statement: bounds its memory."""

# A first time as soon as it has ended, since people look at the next one already; then whenever something changed and
# nothing did any more for the margin, so that it is not made anew with every record that comes late.
_MISSING = rendered("""
LEFT JOIN
(
    SELECT webinar_id, changes_until, webinar_version, rules_changed_at, exclusions_version, thresholds
    FROM ended_timelines FINAL
) AS timeline ON timeline.webinar_id = ended.webinar_id
WHERE timeline.webinar_id = ''
    OR (ended.changed_at <= now64(3) - INTERVAL {margin:UInt32} SECOND
        AND (ended.changed_at > timeline.changes_until
            OR timeline.webinar_version != ended.webinar_version
            OR timeline.rules_changed_at != ended.rules_changed_at
            OR timeline.thresholds != {thresholds}
            OR timeline.exclusions_version != {exclusions_version:UInt64}))
""")

_WRITE = rendered(f"""
INSERT INTO ended_timelines
    (webinar_id, written_at, changes_until, webinar_version, rules_changed_at, exclusions_version, thresholds, timeline)
SELECT
    webinar.webinar_id AS webinar_id,
    now64(3) AS written_at,
    {CHANGES_UNTIL} AS changes_until,
    webinar.webinar_version AS webinar_version,
    webinar.rules_changed_at AS rules_changed_at,
    {{exclusions_version:UInt64}} AS exclusions_version,
    {{thresholds}} AS thresholds,
    arrayMap(
        row -> (row.{{row.minute}}, row.{{row.in_room}}, row.{{row.registered}},
            [{{each watched: row.{{row.{{column}}}}}}], row.{{row.entered}}),
        timeline.rows) AS timeline
FROM ({CHOSEN}) AS webinar
LEFT JOIN
(
    SELECT webinar_id, rows FROM timeline_rows_at(at = now64(3)) WHERE webinar_id IN {{webinar_ids:Array(String)}}
) AS timeline ON timeline.webinar_id = webinar.webinar_id
""")


async def write_timelines(store: Store, margin_seconds: int = MARGIN_SECONDS) -> int:
    """Writes the timelines that are missing or out of date, those of the latest webinars first. Returns how many.

    Raises StoreGone.
    """
    return await write_in_turns(store, _MISSING, _WRITE, margin_seconds=margin_seconds, most=_MOST_WEBINARS)
