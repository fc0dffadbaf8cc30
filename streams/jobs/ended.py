"""Processes ended webinars, a few at a time, for settled_counts.py and ended_timelines.py."""

from clickhouse.sql import rendered
from streams.store import Store

MARGIN_SECONDS = 60
"""How long a webinar must have been unchanged. Longer than any insert takes: the rows of a running insert are not
visible yet, although it has already recorded its start (webinar_changes)."""

ENDED = rendered("""
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.version AS webinar_version,
    webinar.rules_changed_at AS rules_changed_at,
    webinar.begin_ms AS begin_ms,
    greatest(webinar.ended_from, webinar.begin_ms, webinar.end_ms, changes.latest_at) AS valid_from,
    changes.latest_at AS latest_at,
    changes.changed_at AS changed_at
FROM
(
    SELECT webinar_id, version, rules_changed_at, ended_from, begin_ms, end_ms
    FROM windows_at(at = now64(3))
    WHERE ended
        -- A worker from before other buckets were chosen writes nothing of what is counted in them.
        AND (SELECT thresholds FROM rules FINAL) = {thresholds}
) AS webinar
INNER JOIN
(
    SELECT webinar_id, max(changed_at) AS changed_at, max(latest_at) AS latest_at
    FROM webinar_changes
    GROUP BY webinar_id
) AS changes ON changes.webinar_id = webinar.webinar_id
""")
"""Each webinar with a person's row, with the versions of the data behind its numbers. That of the excluded domains,
the same for all, is missing: the engine loses constants of one side of an outer join
(docs/decisions/0023-outer-joins.md)."""

_EXCLUSIONS_VERSION = "SELECT max(version) AS version FROM excluded_domains"

CHOSEN = rendered("""
SELECT
    arrayJoin(arrayZip(
        {webinar_ids:Array(String)},
        {versions:Array(UInt64)},
        {rules_changed_at:Array(DateTime64(3, 'UTC'))},
        {valid_from:Array(Int64)}
    )) AS one,
    one.{chosen.webinar_id} AS webinar_id,
    one.{chosen.webinar_version} AS webinar_version,
    one.{chosen.rules_changed_at} AS rules_changed_at,
    one.{chosen.valid_from} AS valid_from
""")
"""The webinars of a statement, as read before it: a change meanwhile makes the result invalid, never wrong. The
statement itself adds what they share: {exclusions_version:UInt64} and CHANGES_UNTIL."""

CHANGES_UNTIL = "now64(3) - INTERVAL {margin:UInt32} SECOND"


async def write_in_turns(store: Store, which: str, insert: str, *, margin_seconds: int, most: int) -> int:
    """Runs `insert`, which reads CHOSEN, for the latest `most` of the webinars, and repeats until none is left.

    `which`: what follows `FROM ended`, the webinars of ENDED; the rows of `insert` have to exclude their webinars from
    it. Both may use {exclusions_version:UInt64} and {margin:UInt32}. Returns how many there were. Raises StoreGone.
    """
    asked = f"SELECT ended.* FROM ({ENDED}) AS ended {which} ORDER BY begin_ms DESC, webinar_id LIMIT {{most:UInt32}}"
    written = 0
    while True:
        (excluded,) = await store.query(_EXCLUSIONS_VERSION, {})
        same = {"margin": margin_seconds, "exclusions_version": excluded["version"]}
        chosen = await store.query(asked, {**same, "most": most})
        if not chosen:
            break
        await store.command(
            insert,
            {
                **same,
                "webinar_ids": [row["webinar_id"] for row in chosen],
                "versions": [row["webinar_version"] for row in chosen],
                "rules_changed_at": [row["rules_changed_at"] for row in chosen],
                "valid_from": [row["valid_from"] for row in chosen],
            },
        )
        written += len(chosen)
        if len(chosen) < most:
            break
    return written
