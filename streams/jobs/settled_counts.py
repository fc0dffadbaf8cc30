"""Stores the final counts of ended webinars that no longer change (docs/decisions/0011-settled-webinars.md)."""

from clickhouse.sql import rendered
from streams.jobs.ended import CHANGES_UNTIL, CHOSEN, MARGIN_SECONDS, write_in_turns
from streams.store import Store

_MOST_WEBINARS = 250
"""Webinars of one statement: bounds its memory."""

# Rows that were being inserted while the rules changed (clickhouse/migrate.py).
_RENEW_INSTANTS = """
INSERT INTO webinar_instants
SELECT * FROM instants
WHERE webinar_id IN
(
    SELECT webinar_id FROM webinar_instants FINAL WHERE rules_changed_at != (SELECT changed_at FROM rules FINAL)
)
"""

_UNSETTLED = """
WHERE rules_changed_at = (SELECT changed_at FROM rules FINAL)
    AND changed_at <= now64(3) - INTERVAL {margin:UInt32} SECOND
    AND latest_at <= toUnixTimestamp64Milli(now64(3))
    AND webinar_id NOT IN (SELECT webinar_id FROM settled_at(at = now64(3)) WHERE notEmpty(watching))
"""

_SETTLE = rendered(f"""
INSERT INTO settled_counts
    (webinar_id, settled_at, changes_until, valid_from, webinar_version, rules_changed_at, exclusions_version,
    thresholds, source, counts, watching)
SELECT
    webinar.webinar_id AS webinar_id,
    now64(3) AS settled_at,
    {CHANGES_UNTIL} AS changes_until,
    any(webinar.valid_from) AS valid_from,
    any(webinar.webinar_version) AS webinar_version,
    any(webinar.rules_changed_at) AS rules_changed_at,
    {{exclusions_version:UInt64}} AS exclusions_version,
    {{thresholds}} AS thresholds,
    groupArrayIf(counted.source, notEmpty(counted.counts)) AS source,
    groupArrayIf(counted.counts, notEmpty(counted.counts)) AS counts,
    -- The same in each row of a webinar.
    [(any(watched.median_watch_seconds), any(watched.peak_viewers), any(watched.peak_ms))] AS watching
FROM ({CHOSEN}) AS webinar
-- One of which no person counts is settled as well, with no counts: else it would be asked for for ever.
LEFT JOIN
(
    SELECT * FROM computed_counts_at(at = now64(3)) WHERE webinar_id IN {{webinar_ids:Array(String)}}
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT * FROM computed_watching_at(at = now64(3)) WHERE webinar_id IN {{webinar_ids:Array(String)}}
) AS watched ON watched.webinar_id = webinar.webinar_id
GROUP BY webinar.webinar_id
""")


async def write_settled_counts(store: Store, margin_seconds: int = MARGIN_SECONDS) -> int:
    """Settles every webinar that has ended and been unchanged for the margin. Returns how many.

    Raises StoreGone.
    """
    await store.command(_RENEW_INSTANTS, {})
    return await write_in_turns(store, _UNSETTLED, _SETTLE, margin_seconds=margin_seconds, most=_MOST_WEBINARS)
