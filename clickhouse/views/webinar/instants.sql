-- When each webinar begins and ends, by what is known of it and the rules (docs/contract.md, "webinar": begin, planned,
-- the first that fits). No moment in it: webinars_at compares these instants with the moment. funnel migrate makes of
-- this text the view that keeps the table webinar_instants on every insert into webinars. In steps, one subquery each:
-- the engine resolves a chain of aliases in time that doubles with every link.
CREATE OR REPLACE VIEW instants AS
SELECT
    webinar_id,
    version,
    rules_changed_at,
    splitByChar(':', webinar_id)[{id.platform}] AS platform,
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
    duration_ms,
    begin_known_from,
    begin_at,
    if(status = 'cancelled', {never}, greatest(begin_known_from, begin_at)) AS begun_from,
    if(end_counts AND status = 'ended', said_end, {never}) AS first_ended_from,
    greatest(said_end, begin_at) AS first_end_at,
    multiIf(
        end_counts, ended_at,
        status = 'ended', said_end,
        status = 'live', planned_end + live_grace_ms,
        planned_end
    ) AS ended_from,
    greatest(multiIf(end_counts, ended_at, status = 'ended', said_end, planned_end), begin_at) AS end_at,
    completed_at,
    full_percent,
    matched_percent,
    arrayMap(
        local_ms -> (
            fromUnixTimestamp64Milli(nullIf(local_ms, {never}), 'UTC') AS time,
            concat(toString(toISOYear(time)), '-W', leftPad(toString(toISOWeek(time)), 2, '0')),
            toDayOfWeek(time),
            toHour(time)),
        [local_starts_at, local_begin]
    )::Array(Tuple(time Nullable(DateTime64(3, 'UTC')), week Nullable(String), weekday Nullable(UInt8), hour Nullable(UInt8)))
        AS local
FROM
(
    SELECT
        *,
        if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms,
        ended_at < {never} AND NOT (status = 'live' AND status_said_at > ended_at) AS end_counts,
        if(started_at < {never}, started_at, starts_at) AS begin_at,
        multiIf(
            started_at < {never}, 0,
            NOT has(tells, 'starts') OR status = 'ended' OR ended_at < {never}, 0,
            status != 'live', starts_at + length_ms,
            {never}
        ) AS begin_known_from,
        multiIf(
            end_counts, ended_at,
            ended_at < {never}, greatest(begin_at + length_ms, ended_at),
            begin_at + length_ms
        ) AS planned_end,
        least(planned_end, status_said_at) AS said_end
    FROM
    (
        SELECT
            webinar_id, version, title, course, language, region, format, status, status_said_at, timezone, zone_known,
            tells, starts_at, duration_ms, started_at, ended_at, completed_at, local_begin, local_starts_at
        FROM webinars FINAL
    ) AS webinar
    CROSS JOIN
    (
        SELECT default_duration_ms, live_grace_ms, full_percent, matched_percent, changed_at AS rules_changed_at
        FROM rules FINAL
    ) AS rules
);
