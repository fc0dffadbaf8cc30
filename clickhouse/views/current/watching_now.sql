-- watching_at as it is kept of now.
CREATE OR REPLACE VIEW watching_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    one.median_seconds AS median_watch_seconds,
    one.peak AS peak_viewers,
    fromUnixTimestamp64Milli(one.peak_at, 'UTC') AS peak_at
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN webinar.watching AS one;
