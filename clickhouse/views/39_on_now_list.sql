-- The webinars that are on at a moment, and those that people may wait for: planned for the next hour, or for the three
-- hours before and not begun.
CREATE OR REPLACE VIEW on_now_list AS
SELECT *
FROM webinar_list(at = {at:DateTime64(3, 'UTC')})
WHERE completeness = 'on_now'
    OR (completeness = 'upcoming'
        AND starts BETWEEN {at:DateTime64(3, 'UTC')} - INTERVAL 3 HOUR AND {at:DateTime64(3, 'UTC')} + INTERVAL 1 HOUR);
