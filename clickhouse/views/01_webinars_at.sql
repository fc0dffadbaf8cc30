-- Each webinar as it stands at a moment: begun or not, live or ended, its window, its completeness
-- (docs/contract.md, "webinar": begin, planned, the first that fits).
CREATE OR REPLACE VIEW webinars_at AS
WITH
    toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
    9999999999999 AS far_future,
    assumeNotNull((SELECT default_duration_ms FROM rules FINAL)) AS default_duration_ms,
    assumeNotNull((SELECT live_grace_ms FROM rules FINAL)) AS live_grace_ms,
    if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms,
    multiIf(
        started_at < far_future, started_at,
        NOT has(tells, 'starts'), starts_at,
        status = 'ended' OR ended_at < far_future OR (status != 'live' AND starts_at + length_ms <= at_ms), starts_at,
        far_future
    ) AS begins_at,
    ended_at < far_future AND NOT (status = 'live' AND status_said_at > ended_at) AS end_counts,
    multiIf(
        end_counts AND ended_at > at_ms, ended_at,
        ended_at < far_future AND NOT end_counts, greatest(begins_at + length_ms, ended_at),
        begins_at + length_ms
    ) AS planned_end,
    least(planned_end, status_said_at) AS said_end,
    status != 'cancelled' AND begins_at <= at_ms AS is_begun,
    multiIf(
        NOT is_begun, far_future,
        end_counts AND ended_at <= at_ms, ended_at,
        status = 'ended', if(said_end <= at_ms, said_end, far_future),
        status = 'live' AND at_ms < planned_end + live_grace_ms, far_future,
        at_ms < planned_end, far_future,
        planned_end
    ) AS ends_at,
    if(is_begun, local_begin, local_starts_at) AS local_ms,
    if(local_ms < far_future, fromUnixTimestamp64Milli(local_ms, 'UTC'), NULL) AS local_time
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
    is_begun AS begun,
    is_begun AND ends_at < far_future AS ended,
    begins_at AS begin_ms,
    if(is_begun, if(ended, greatest(ends_at, begins_at), at_ms), begins_at) AS end_ms,
    if(is_begun, end_ms - begins_at, 0) AS window_ms,
    if(duration_ms > 0, least(window_ms, duration_ms), window_ms) AS full_ms,
    multiIf(
        status = 'cancelled', 'cancelled',
        NOT is_begun, 'upcoming',
        NOT ended, 'on_now',
        completed_at <= at_ms OR end_ms + 86400000 <= at_ms, 'final',
        'being_completed'
    ) AS completeness,
    local_time,
    concat(toString(toISOYear(local_time)), '-W', leftPad(toString(toISOWeek(local_time)), 2, '0')) AS week,
    toDayOfWeek(local_time) AS weekday,
    toHour(local_time) AS hour
FROM webinars FINAL;
