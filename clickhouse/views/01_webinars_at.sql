-- Each webinar as it stands at a moment: begun or not, live or ended, its window, its completeness
-- (docs/contract.md, "webinar"): its instants (00_instants.sql) compared with the moment.
CREATE OR REPLACE VIEW webinars_at AS
SELECT
    webinar_id,
    platform,
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
    if(begin_known_from <= at_ms, begin_at, 9999999999999) AS begin_ms,
    if(begun, least(ends_at, at_ms), begin_ms) AS end_ms,
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
    local_begin.time AS local_time,
    local_begin.week AS week,
    local_begin.weekday AS weekday,
    local_begin.hour AS hour
FROM
(
    SELECT
        *,
        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
        begun_from <= at_ms AS begun,
        local[1 + begun] AS local_begin,
        multiIf(
            NOT begun, 9999999999999,
            ended_from <= at_ms, end_at,
            first_ended_from <= at_ms, first_end_at,
            9999999999999
        ) AS ends_at
    FROM webinar_instants FINAL
);
