-- The webinars that are on at a moment, and those that people may wait for: planned for the next hour, or for the three
-- hours before and not begun. Without their words: what asks every few seconds for their persons begins here.
CREATE OR REPLACE VIEW on_now_ids AS
SELECT webinar_id, begin_at, begun_from <= at_ms AS begun, at_ms
FROM
(
    SELECT
        webinar_id, begin_at, begun_from, first_ended_from, ended_from, status,
        {at_ms} AS at_ms
    FROM webinar_instants FINAL
)
WHERE if(
    begun,
    at_ms < least(first_ended_from, ended_from),
    status != 'cancelled' AND begin_at BETWEEN at_ms - 10800000 AND at_ms + 3600000);
