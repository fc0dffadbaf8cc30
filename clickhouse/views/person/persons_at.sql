-- Each counted person of each webinar as it stands at a moment: registered or not, watch time, buckets
-- (docs/contract.md, "registration", "attendance", "Buckets").
CREATE OR REPLACE VIEW persons_at AS
SELECT
    webinar_id,
    person_id,
    source,
    {registered status_at_close, present_status} AS registered,
    status_at_close = 0 AND {good present_status} AS registered_later,
    visit_all,
    watch_seconds,
    if(reached_holds, reached_visit_at <= end_ms, watch_seconds >= 1) AS visit,
    {each stayed: if(stays_hold, reached_at[{reached.{column}}] <= end_ms, watch_seconds >= {seconds}) AS visit{ending}},
    ended AND watch_seconds > 0 AND 100000 * watch_seconds >= full_percent * full_ms AS visit_full,
    recording_view_count AS recording_views
FROM
(
    SELECT
        *,
        -- The instants were computed with the start that the webinar has now.
        begun AND NOT summary_counts AND begin_used = begin_ms AS reached_holds,
        reached_holds AND thresholds = {thresholds} AS stays_hold,
        multiIf(
            NOT begun, 0,
            summary_counts, least(summary_seconds, intDiv(window_ms, 1000)),
            intDiv(
                arraySum(
                    (start, end) -> greatest(0, least(end, end_ms) - greatest(start, begin_ms)),
                    interval_start, interval_end),
                1000)
        ) AS watch_seconds
    FROM
    (
        SELECT
            *,
            {status_at if(ended, end_ms, at_ms)} AS status_at_close,
            {status_at at_ms} AS present_status,
            first_session_at <= at_ms OR summary_at <= at_ms AS visit_all,
            summary_at <= at_ms
                AND (first_session_at > at_ms OR (ended AND first_open_session_at <= at_ms)) AS summary_counts,
            arrayCount(instant -> instant <= at_ms, recording_view_at) AS recording_view_count
        FROM
        (
            SELECT
                person.*,
                webinar.begun AS begun,
                webinar.ended AS ended,
                webinar.begin_ms AS begin_ms,
                webinar.end_ms AS end_ms,
                webinar.window_ms AS window_ms,
                if(webinar.duration_ms > 0, least(webinar.window_ms, webinar.duration_ms), webinar.window_ms) AS full_ms,
                webinar.full_percent AS full_percent,
                {at_ms} AS at_ms
            FROM
            (
                {who_counts
                    webinar_id, person_id, source, registration_at, registration_status, first_session_at,
                    first_open_session_at, interval_start, interval_end, begin_used, reached_visit_at, reached_at,
                    thresholds, summary_at, summary_seconds, recording_view_at}
                    AND {did_something}
            ) AS person
            INNER JOIN windows_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id
        )
    )
);
