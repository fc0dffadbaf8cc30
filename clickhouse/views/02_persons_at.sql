-- Each counted person of each webinar as it stands at a moment: registered or not, watch time, buckets
-- (docs/contract.md, "registration", "attendance", "Buckets").
CREATE OR REPLACE VIEW persons_at AS
WITH
    toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
    assumeNotNull((SELECT full_percent FROM rules FINAL)) AS full_percent,
    if(webinar.ended, webinar.end_ms, at_ms) AS settled_ms,
    registration_status[arrayLastIndex(instant -> instant <= settled_ms, registration_at)] AS settled_status,
    registration_status[arrayLastIndex(instant -> instant <= at_ms, registration_at)] AS present_status,
    summary_at <= at_ms
        AND (first_session_at > at_ms OR (webinar.ended AND first_open_session_at <= at_ms)) AS summary_counts,
    webinar.begun AND begin_used = webinar.begin_ms AS reached_holds,
    if(
        webinar.begun,
        arraySum(
            (start, end) -> greatest(0, least(end, webinar.end_ms) - greatest(start, webinar.begin_ms)),
            interval_start, interval_end),
        0
    ) AS watch_ms
SELECT
    person.webinar_id AS webinar_id,
    person_id,
    source,
    settled_status IN (1, 2) AND present_status != 5 AS registered,
    settled_status = 0 AND present_status IN (1, 2) AS registered_later,
    first_session_at <= at_ms OR summary_at <= at_ms AS visit_all,
    if(
        summary_counts,
        least(summary_seconds, intDiv(webinar.window_ms, 1000)),
        intDiv(watch_ms, 1000)
    ) AS watch_seconds,
    multiIf(
        summary_counts, watch_seconds >= 1,
        reached_holds, reached_visit_at <= webinar.end_ms,
        watch_seconds >= 1
    ) AS visit,
    multiIf(
        summary_counts, watch_seconds >= 300,
        reached_holds, reached_5m_at <= webinar.end_ms,
        watch_seconds >= 300
    ) AS visit_5m,
    multiIf(
        summary_counts, watch_seconds >= 1800,
        reached_holds, reached_30m_at <= webinar.end_ms,
        watch_seconds >= 1800
    ) AS visit_30m,
    webinar.ended AND visit AND 100000 * watch_seconds >= full_percent * webinar.full_ms AS visit_full,
    arrayCount(instant -> instant <= at_ms, recording_view_at) AS recording_views
FROM
(
    SELECT *
    FROM persons FINAL
    WHERE same_as = '' AND NOT left_out
        -- An id that only an identity link names is no person yet.
        AND (notEmpty(registration_at) OR first_session_at < 9999999999999 OR summary_at < 9999999999999
            OR notEmpty(recording_view_at))
) AS person
INNER JOIN webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id;
