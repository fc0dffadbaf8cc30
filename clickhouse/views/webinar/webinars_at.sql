-- Each webinar as it stands at a moment: its window, its completeness, its local time (docs/contract.md, "webinar").
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
    ended,
    begin_ms,
    end_ms,
    window_ms,
    matched_percent,
    multiIf(
        status = 'cancelled', 'cancelled',
        NOT begun, 'upcoming',
        NOT ended, 'on_now',
        completed_at <= at_ms OR end_ms + 86400000 <= at_ms, 'final',
        'being_completed'
    ) AS completeness,
    local[{local.planned} + begun] AS local_begin,
    local_begin.time AS local_time,
    local_begin.week AS week,
    local_begin.weekday AS weekday,
    local_begin.hour AS hour
FROM windows_at(at = {at:DateTime64(3, 'UTC')});
