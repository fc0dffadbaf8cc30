-- How long the people of each webinar watched live, in steps: those with any watch time, registered or not. Ask for
-- webinars by name: all of them are all persons.
CREATE OR REPLACE VIEW watched_at AS
SELECT
    webinar_id,
    watch_seconds,
    multiIf(
        watch_seconds < 60, 1, watch_seconds < 300, 2, watch_seconds < 900, 3, watch_seconds < 1800, 4,
        watch_seconds < 2700, 5, watch_seconds < 3600, 6, watch_seconds < 5400, 7, 8
    ) AS step
FROM persons_at(at = {at:DateTime64(3, 'UTC')})
WHERE watch_seconds > 0;
