-- webinar_list as it is kept of now. The moment that a page asks about is not looked at: it is now
-- (as_of_at.sql).
CREATE OR REPLACE VIEW webinar_list_now AS
SELECT
    webinar_id, starts, local_start, weekday, title, platform, course, language, region, format, completeness, local_time,
    week, hour, begun, ended, begin_ms, end_ms, matched_percent, window_ms, tells
FROM {current};
