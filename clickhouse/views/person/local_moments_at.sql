-- When people registered for one webinar and watched its recording, as known at a moment, on the wall clock of the
-- webinar's own time zone. Where nobody said one, its zone is the offset that its start was given.
CREATE OR REPLACE VIEW local_moments_at AS
WITH
    ifNull((SELECT any(if(zone_known, timezone, 'UTC')) FROM webinars FINAL WHERE webinar_id = {webinar_id:String}), 'UTC')
        AS zone,
    ifNull((
        SELECT any(if(zone_known OR starts_at >= {never}, 0, local_starts_at - starts_at))
        FROM webinars FINAL
        WHERE webinar_id = {webinar_id:String}
    ), 0) AS unknown_offset_ms
SELECT
    what,
    instant,
    instant + unknown_offset_ms
        + 1000 * timezoneOffset(toTimeZone(fromUnixTimestamp64Milli(instant, 'UTC'), zone)) AS local_ms,
    fromUnixTimestamp64Milli(local_ms, 'UTC') AS local_time
FROM
(
    SELECT 'registered' AS what, registered_since AS instant
    FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    WHERE webinar_id = {webinar_id:String} AND registered_since >= 0
    UNION ALL
    SELECT 'recording' AS what, arrayJoin(recording_view_at) AS instant
    FROM counted_persons
    WHERE webinar_id = {webinar_id:String} AND instant <= {at_ms}
);
