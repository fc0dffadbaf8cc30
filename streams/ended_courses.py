"""Keeps how each webinar that has ended went, minute by minute (docs/decisions/0016-ended-courses.md)."""

from streams.settling import MARGIN_SECONDS
from streams.store import Store

MOST_WEBINARS = 100
"""Of one statement: bounds its memory."""

# A first time as soon as it has ended, since people look at the next one already; then whenever something changed and
# nothing did any more for the margin, so that it is not made anew with every record that comes late.
_MISSING = """
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.version AS webinar_version,
    webinar.rules_changed_at AS rules_changed_at,
    (SELECT max(version) FROM excluded_domains) AS exclusions_version
FROM
(
    SELECT webinar_id, version, rules_changed_at, begin_ms FROM windows_at(at = now64(3)) WHERE ended
) AS webinar
INNER JOIN
(
    SELECT webinar_id, max(changed_at) AS changed_at FROM webinar_changes GROUP BY webinar_id
) AS changes ON changes.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT webinar_id, changes_until, webinar_version, rules_changed_at, exclusions_version FROM ended_courses FINAL
) AS course ON course.webinar_id = webinar.webinar_id
WHERE course.webinar_id = ''
    OR (changes.changed_at <= now64(3) - INTERVAL {margin:UInt32} SECOND
        AND (changes.changed_at > course.changes_until
            OR course.webinar_version != webinar.version
            OR course.rules_changed_at != webinar.rules_changed_at
            OR course.exclusions_version != exclusions_version))
ORDER BY webinar.begin_ms DESC, webinar_id
LIMIT {most:UInt32}
"""

# What it is made with was read before: whatever changes meanwhile makes the course one to be made anew.
_WRITE = """
INSERT INTO ended_courses
SELECT
    webinar.webinar_id AS webinar_id,
    now64(3) AS written_at,
    now64(3) - INTERVAL {margin:UInt32} SECOND AS changes_until,
    webinar.version AS webinar_version,
    webinar.rules_changed_at AS rules_changed_at,
    {exclusions_version:UInt64} AS exclusions_version,
    arrayMap(row -> (row.1, row.2, row.5, row.6, row.7, row.8, row.9), course.rows) AS rows
FROM
(
    SELECT
        arrayJoin(arrayZip(
            {webinar_ids:Array(String)},
            {versions:Array(UInt64)},
            {rules_changed_at:Array(DateTime64(3, 'UTC'))}
        )) AS one,
        one.1 AS webinar_id,
        one.2 AS version,
        one.3 AS rules_changed_at
) AS webinar
LEFT JOIN
(
    SELECT webinar_id, rows FROM course_rows_at(at = now64(3)) WHERE webinar_id IN {webinar_ids:Array(String)}
) AS course ON course.webinar_id = webinar.webinar_id
"""


async def write_ended_courses(store: Store, margin_seconds: int = MARGIN_SECONDS) -> int:
    """Writes the courses that are missing or out of date, those of the latest webinars first. Returns how many.

    Raises StoreGone.
    """
    written = 0
    while missing := await store.query(_MISSING, {"margin": margin_seconds, "most": MOST_WEBINARS}):
        await store.command(
            _WRITE,
            {
                "margin": margin_seconds,
                "webinar_ids": [row["webinar_id"] for row in missing],
                "versions": [row["webinar_version"] for row in missing],
                "rules_changed_at": [row["rules_changed_at"] for row in missing],
                "exclusions_version": missing[0]["exclusions_version"],
            },
        )
        written += len(missing)
        if len(missing) < MOST_WEBINARS:
            break
    return written
