-- Each webinar as it stands at a moment: begun or not, live or ended, its window, its completeness
-- (docs/contract.md, "webinar": begin, planned, the first that fits). In steps, one subquery each: the engine
-- resolves a chain of aliases in time that doubles with every link. Columns by name: every one that is carried through
-- a step costs planning time, which is most of what a small query takes.
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
    ends_at < 9999999999999 AS ended,
    ended_from,
    begin_ms,
    if(begun, if(ended, greatest(ends_at, begin_ms), at_ms), begin_ms) AS end_ms,
    if(begun, end_ms - begin_ms, 0) AS window_ms,
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
    fromUnixTimestamp64Milli(nullIf(if(begun, local_begin, local_starts_at), 9999999999999), 'UTC') AS local_time,
    concat(toString(toISOYear(local_time)), '-W', leftPad(toString(toISOWeek(local_time)), 2, '0')) AS week,
    toDayOfWeek(local_time) AS weekday,
    toHour(local_time) AS hour
FROM
(
    SELECT
        webinar_id, title, course, language, region, format, status, timezone, zone_known, tells, starts_at,
        duration_ms, completed_at, local_begin, local_starts_at, begin_ms, full_percent, matched_percent, at_ms,
        status != 'cancelled' AND begin_ms <= at_ms AS begun,
        multiIf(
            NOT begun, 9999999999999,
            end_counts AND ended_at <= at_ms, ended_at,
            status = 'ended', if(said_end <= at_ms, said_end, 9999999999999),
            status = 'live' AND at_ms < planned_end + live_grace_ms, 9999999999999,
            at_ms < planned_end, 9999999999999,
            planned_end
        ) AS ends_at,
        -- Since when it has ended; what is said later may change that, the passing of time does not.
        multiIf(
            end_counts, ended_at,
            status = 'ended', said_end,
            status = 'live', planned_end + live_grace_ms,
            planned_end
        ) AS ended_from
    FROM
    (
        SELECT
            webinar_id, title, course, language, region, format, status, status_said_at, timezone, zone_known, tells,
            starts_at, duration_ms, ended_at, completed_at, local_begin, local_starts_at, live_grace_ms, full_percent,
            matched_percent,
            toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
            if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms,
            ended_at < 9999999999999 AND NOT (status = 'live' AND status_said_at > ended_at) AS end_counts,
            multiIf(
                started_at < 9999999999999, started_at,
                NOT has(tells, 'starts') OR status = 'ended' OR ended_at < 9999999999999
                    OR (status != 'live' AND starts_at + length_ms <= at_ms), starts_at,
                9999999999999
            ) AS begin_ms,
            multiIf(
                end_counts, ended_at,
                ended_at < 9999999999999, greatest(begin_ms + length_ms, ended_at),
                begin_ms + length_ms
            ) AS planned_end,
            least(planned_end, status_said_at) AS said_end
        FROM webinars FINAL
        CROSS JOIN (SELECT default_duration_ms, live_grace_ms, full_percent, matched_percent FROM rules FINAL)
            AS rules
    )
);
