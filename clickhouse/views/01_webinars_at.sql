-- Each webinar as it stands at a moment: begun or not, live or ended, its window, its completeness
-- (docs/contract.md, "webinar": begin, planned, the first that fits). In steps, one subquery each: the engine
-- resolves a chain of aliases in time that doubles with every link.
CREATE OR REPLACE VIEW webinars_at AS
SELECT
    webinar_id,
    splitByChar(':', webinar_id)[1] AS platform,
    title,
    course,
    language,
    region,
    format,
    status,
    timezone,
    zone_known,
    tells,
    starts_at,
    begun,
    ended,
    begin_ms,
    end_ms,
    window_ms,
    full_percent,
    matched_percent,
    if(duration_ms > 0, least(window_ms, duration_ms), window_ms) AS full_ms,
    multiIf(
        status = 'cancelled', 'cancelled',
        NOT begun, 'upcoming',
        NOT ended, 'on_now',
        completed_at <= at_ms OR end_ms + 86400000 <= at_ms, 'final',
        'being_completed'
    ) AS completeness,
    local_time,
    concat(toString(toISOYear(local_time)), '-W', leftPad(toString(toISOWeek(local_time)), 2, '0')) AS week,
    toDayOfWeek(local_time) AS weekday,
    toHour(local_time) AS hour
FROM
(
    SELECT
        *,
        begun AND ends_at < 9999999999999 AS ended,
        if(begun, if(ends_at < 9999999999999, greatest(ends_at, begin_ms), at_ms), begin_ms) AS end_ms,
        if(begun, end_ms - begin_ms, 0) AS window_ms,
        fromUnixTimestamp64Milli(nullIf(if(begun, local_begin, local_starts_at), 9999999999999), 'UTC') AS local_time
    FROM
    (
        SELECT
            *,
            multiIf(
                NOT begun, 9999999999999,
                end_counts AND ended_at <= at_ms, ended_at,
                status = 'ended', if(said_end <= at_ms, said_end, 9999999999999),
                status = 'live' AND at_ms < planned_end + live_grace_ms, 9999999999999,
                at_ms < planned_end, 9999999999999,
                planned_end
            ) AS ends_at
        FROM
        (
            SELECT
                *,
                status != 'cancelled' AND begin_ms <= at_ms AS begun,
                multiIf(
                    end_counts AND ended_at > at_ms, ended_at,
                    ended_at < 9999999999999 AND NOT end_counts, greatest(begin_ms + length_ms, ended_at),
                    begin_ms + length_ms
                ) AS planned_end,
                least(planned_end, status_said_at) AS said_end
            FROM
            (
                SELECT
                    *,
                    ended_at < 9999999999999 AND NOT (status = 'live' AND status_said_at > ended_at) AS end_counts,
                    multiIf(
                        started_at < 9999999999999, started_at,
                        NOT has(tells, 'starts'), starts_at,
                        status = 'ended' OR ended_at < 9999999999999, starts_at,
                        status != 'live' AND starts_at + length_ms <= at_ms, starts_at,
                        9999999999999
                    ) AS begin_ms
                FROM
                (
                    SELECT
                        *,
                        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
                        if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms
                    FROM (SELECT * FROM webinars FINAL) AS webinar
                    CROSS JOIN (SELECT default_duration_ms, live_grace_ms, full_percent, matched_percent FROM rules FINAL) AS rules
                )
            )
        )
    )
);
