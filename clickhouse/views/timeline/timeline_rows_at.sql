-- The timeline of each webinar that has begun as one array, a row a minute as timelines_at names them (timelines_at.sql): what
-- is kept of those that have ended (streams/jobs/ended_timelines.py). Ask for webinars by name: all of them are all persons.
-- Of each person only what changes is kept, as (key of what is counted and the minute, by how much), and summed by key.
CREATE OR REPLACE VIEW timeline_rows_at AS
SELECT
    webinar_id,
    begin_ms,
    {timeline_of}
FROM
(
    SELECT
        webinar_id,
        begin_ms,
        until_ms,
        sumMap(minute_changes.{sum.key}, minute_changes.{sum.by}) AS summed
    FROM
    (
        SELECT
            webinar_id,
            begin_ms,
            until_ms,
            {timeline_changes}
        FROM
        (
            SELECT
                webinar_id,
                begin_ms,
                until_ms,
                stays,
                {timeline_reached}
            FROM stays_at(at = {at:DateTime64(3, 'UTC')})
            WHERE begun
        )
    )
    GROUP BY webinar_id, begin_ms, until_ms
);
