-- Each webinar in the words of the dashboards, without its numbers: filters and lists read it. What nobody said is
-- 'n/a', a value that a filter can hold, where an empty one would mean "no filter". starts is null where nobody
-- said a time.
CREATE OR REPLACE VIEW webinar_list AS
WITH
    if(webinar.begin_ms < {never}, webinar.begin_ms, webinar.starts_at) AS starts_ms
SELECT
    webinar.webinar_id AS webinar_id,
    if(starts_ms < {never}, fromUnixTimestamp64Milli(starts_ms, 'UTC'), NULL) AS starts,
    if(webinar.local_time IS NULL, 'n/a', formatDateTime(assumeNotNull(webinar.local_time), '%Y-%m-%d %H:%i')) AS local_start,
    if(webinar.local_time IS NULL, NULL, webinar.weekday) AS weekday,
    if(webinar.title = '', webinar.webinar_id, webinar.title) AS title,
    webinar.platform AS platform,
    if(webinar.course = '', 'n/a', webinar.course) AS course,
    if(webinar.language = '', 'n/a', webinar.language) AS language,
    if(webinar.region = '', 'n/a', webinar.region) AS region,
    if(webinar.format = '', 'n/a', webinar.format) AS format,
    webinar.completeness AS completeness,
    webinar.local_time AS local_time,
    webinar.week AS week,
    webinar.hour AS hour,
    webinar.begun AS begun,
    webinar.ended AS ended,
    starts_ms AS begin_ms,
    webinar.end_ms AS end_ms,
    webinar.matched_percent AS matched_percent,
    webinar.window_ms AS window_ms,
    webinar.tells AS tells
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar;
