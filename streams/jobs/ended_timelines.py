"""Stores the timeline of each ended webinar (docs/decisions/0016-ended-timelines.md)."""

from clickhouse.sql import rendered
from streams.jobs.ended import CHANGES_UNTIL, CHOSEN, MARGIN_SECONDS, write_in_turns
from streams.store import Store

_MOST_WEBINARS = 100
"""Webinars of one statement: bounds its memory."""

# Once as soon as it has ended, because people already look at the next one; then after each change once nothing has
# changed for the margin, so that it is not rebuilt for every late record.
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
    """Writes missing and outdated timelines, those of the latest webinars first. Returns how many.

    Raises StoreGone.
    """
    return await write_in_turns(store, _MISSING, _WRITE, margin_seconds=margin_seconds, most=_MOST_WEBINARS)
