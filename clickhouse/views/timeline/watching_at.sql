-- How the people of each webinar that has begun watched, at a moment: as it was settled, else computed from the persons
-- (computed_watching_at.sql). A view of its own, since no sum can be made of it and few ask.
CREATE OR REPLACE VIEW watching_at AS
SELECT
    webinar_id,
    median_watch_seconds,
    peak_viewers,
    fromUnixTimestamp64Milli(peak_ms, 'UTC') AS peak_at
FROM
(
    SELECT
        webinar_id,
        one.median_seconds AS median_watch_seconds,
        one.peak AS peak_viewers,
        one.peak_at AS peak_ms
    FROM settled_at(at = {at:DateTime64(3, 'UTC')})
    ARRAY JOIN watching AS one
    UNION ALL
    SELECT webinar_id, median_watch_seconds, peak_viewers, peak_ms
    FROM computed_watching_at(at = {at:DateTime64(3, 'UTC')})
    -- The ones to be computed by name: so the others' persons are not even read.
    WHERE webinar_id IN
    (
        SELECT webinar_id
        FROM webinar_instants
        WHERE begun_from <= {at_ms}
            AND webinar_id NOT IN
            (
                SELECT webinar_id FROM settled_at(at = {at:DateTime64(3, 'UTC')}) WHERE notEmpty(watching)
            )
    )
);
