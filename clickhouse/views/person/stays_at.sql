-- When each counted person of a webinar registered and was in its room, as known at a moment; ms since 1970 UTC.
-- registered_since is -1 for those who are not registered: since when the registration has been good without a break,
-- that of the end of the webinar (before: of now), as persons_at counts it. Stays are cut at the end of the webinar, or
-- at the moment; those before its start are kept: that is waiting. A service that gives sums only has no stays. opened:
-- at least one session, of zero seconds too. told_ms: the watch time that a service tells as a sum, where that counts
-- instead of the stays; -1: the stays count.
CREATE OR REPLACE VIEW stays_at AS
SELECT
    person.webinar_id AS webinar_id,
    person.person_id AS person_id,
    person.source AS source,
    webinar.begun AS begun,
    webinar.begin_ms AS begin_ms,
    webinar.until_ms AS until_ms,
    if(
        {registered {status_at until_ms}, {status_at at_ms}},
        registration_at[arrayLastIndex(
            (instant, status) -> instant <= until_ms AND NOT {good status},
            registration_at, registration_status) + 1],
        -1
    ) AS registered_since,
    first_session_at <= at_ms OR summary_at <= at_ms AS opened,
    if(
        summary_at <= at_ms AND (first_session_at > at_ms OR (ended AND first_open_session_at <= at_ms)),
        least(1000 * toInt64(summary_seconds), if(begun, until_ms - begin_ms, 0)),
        -1
    ) AS told_ms,
    arrayFilter(
        stay -> stay.{stay.start} < stay.{stay.end},
        arrayMap((start, end) -> (start, least(end, until_ms)), interval_start, interval_end)
    ) AS stays
FROM counted_persons AS person
INNER JOIN
(
    SELECT webinar_id, begun, ended, begin_ms, at_ms, if(ended, end_ms, at_ms) AS until_ms
    FROM windows_at(at = {at:DateTime64(3, 'UTC')})
) AS webinar ON webinar.webinar_id = person.webinar_id;
