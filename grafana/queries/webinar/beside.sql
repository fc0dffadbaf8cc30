SELECT
    no_shows,
    engaged_minutes,
    average_watch_seconds,
    median_watch_seconds,
    peak_viewers,
    concat(
        formatDateTime(addMilliseconds(local_time, after_ms), '%H:%i'),
        ' (minute ', toString(intDiv(after_ms, 60000)), ')') AS peak_at,
    visits_all, walk_ins, registered_later, recording_viewers, recording_views
FROM
(
    SELECT
        shown.no_shows AS no_shows,
        intDiv(shown.watch_seconds, 60) AS engaged_minutes,
        shown.average_watch_seconds AS average_watch_seconds,
        watching.median_watch_seconds AS median_watch_seconds,
        watching.peak_viewers AS peak_viewers,
        shown.visits_all AS visits_all,
        shown.walk_ins AS walk_ins,
        shown.registered_later AS registered_later,
        shown.recording_viewers AS recording_viewers,
        shown.recording_views AS recording_views,
        shown.local_time AS local_time,
        toUnixTimestamp64Milli(watching.peak_at) - begin.begin_ms AS after_ms
    FROM funnel(at = {range_or_now}) AS shown
    INNER JOIN begins_at(at = {range_or_now}) AS begin ON begin.webinar_id = shown.webinar_id
    LEFT JOIN
    (
        SELECT * FROM watching_at(at = {range_or_now}) WHERE webinar_id = {chosen webinar}
    ) AS watching ON watching.webinar_id = shown.webinar_id
    WHERE shown.webinar_id = {chosen webinar}
)
