"""Counts webinars that are over and no longer change once and for all (docs/decisions/0011-settled-webinars.md)."""

from streams.store import Store

MARGIN_SECONDS = 60
"""How long nothing of a webinar may have changed. Longer than any insert takes: the rows of one that is under way are
not to be seen yet, though it has said already when it began (webinar_changes)."""
MOST_WEBINARS = 250
"""Of one statement: bounds its memory."""

_CHANGES = """
    SELECT webinar_id, max(changed_at) AS changed_at, max(latest_at) AS latest_at
    FROM webinar_changes GROUP BY webinar_id
"""

# Rows that were being inserted while the rules changed (clickhouse/migrate.py).
_RENEW_INSTANTS = """
INSERT INTO webinar_instants
SELECT * FROM instants
WHERE webinar_id IN
(
    SELECT webinar_id FROM webinar_instants FINAL WHERE rules_changed_at != (SELECT changed_at FROM rules FINAL)
)
"""

_UNSETTLED = f"""
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.version AS webinar_version,
    webinar.rules_changed_at AS rules_changed_at,
    (SELECT max(version) FROM excluded_domains) AS exclusions_version
FROM
(
    SELECT webinar_id, version, rules_changed_at, begin_ms FROM windows_at(at = now64(3)) WHERE ended
) AS webinar
INNER JOIN ({_CHANGES}) AS changes ON changes.webinar_id = webinar.webinar_id
WHERE webinar.rules_changed_at = (SELECT changed_at FROM rules FINAL)
    AND changes.changed_at <= now64(3) - INTERVAL {{margin:UInt32}} SECOND
    AND changes.latest_at <= toUnixTimestamp64Milli(now64(3))
    AND webinar.webinar_id NOT IN (SELECT webinar_id FROM settled_at(at = now64(3)))
ORDER BY webinar.begin_ms DESC, webinar_id
LIMIT {{most:UInt32}}
"""

# What it is counted with was read before the counting: whatever changes meanwhile makes the count invalid, never wrong.
_SETTLE = f"""
INSERT INTO settled_counts
SELECT
    webinar.webinar_id AS webinar_id,
    now64(3) AS settled_at,
    now64(3) - INTERVAL {{margin:UInt32}} SECOND AS changes_until,
    any(greatest(webinar.ended_from, webinar.begin_ms, webinar.end_ms, changes.latest_at)) AS valid_from,
    transform(webinar_id, {{webinar_ids:Array(String)}}, {{versions:Array(UInt64)}}, toUInt64(0)) AS webinar_version,
    {{rules_changed_at:DateTime64(3, 'UTC')}} AS rules_changed_at,
    {{exclusions_version:UInt64}} AS exclusions_version,
    groupArrayIf(counted.source, notEmpty(counted.counts)) AS source,
    groupArrayIf(counted.counts, notEmpty(counted.counts)) AS counts
FROM
(
    SELECT webinar_id, ended_from, begin_ms, end_ms
    FROM windows_at(at = now64(3))
    WHERE ended AND webinar_id IN {{webinar_ids:Array(String)}}
) AS webinar
INNER JOIN ({_CHANGES}) AS changes ON changes.webinar_id = webinar.webinar_id
-- One of which no person counts is settled as well, with no counts: else it would be asked for for ever.
LEFT JOIN
(
    SELECT * FROM computed_counts_at(at = now64(3)) WHERE webinar_id IN {{webinar_ids:Array(String)}}
) AS counted ON counted.webinar_id = webinar.webinar_id
GROUP BY webinar.webinar_id
"""


async def settle(store: Store, margin_seconds: int = MARGIN_SECONDS) -> int:
    """Settles webinars until none is left that is over and was left alone for the margin. Returns how many.

    Raises StoreGone.
    """
    await store.command(_RENEW_INSTANTS, {})
    settled = 0
    while unsettled := await store.query(_UNSETTLED, {"margin": margin_seconds, "most": MOST_WEBINARS}):
        await store.command(
            _SETTLE,
            {
                "margin": margin_seconds,
                "webinar_ids": [row["webinar_id"] for row in unsettled],
                "versions": [row["webinar_version"] for row in unsettled],
                "rules_changed_at": unsettled[0]["rules_changed_at"],
                "exclusions_version": unsettled[0]["exclusions_version"],
            },
        )
        settled += len(unsettled)
        if len(unsettled) < MOST_WEBINARS:
            break
    return settled
