-- Each webinar in the words of the alerts: what makes webinars alike, how far it is, whether notes leave it out of what
-- is usual. At a moment.
CREATE OR REPLACE VIEW held AS
SELECT
    webinar.webinar_id AS webinar_id,
    if(webinar.title = '', webinar.webinar_id, webinar.title) AS title,
    if(webinar.begin_ms < {never}, webinar.begin_ms, webinar.starts_at) AS begin_ms,
    if(webinar.ended, webinar.end_ms, {never}) AS ended_ms,
    webinar.timezone AS timezone,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.region AS region,
    webinar.language AS language,
    if(webinar.format = '', 'live', webinar.format) AS format,
    toUInt8(ifNull(webinar.weekday, 0)) AS weekday,
    toUInt8(ifNull(webinar.hour, 0)) AS hour,
    webinar.tells AS tells,
    webinar.begun AS begun,
    webinar.ended AS ended,
    webinar.completeness AS completeness,
    webinar.webinar_id IN (SELECT webinar_id FROM totals_only) AS totals_only,
    webinar.webinar_id IN (SELECT webinar_id FROM notes_at(at = {at:DateTime64(3, 'UTC')}) WHERE exclude) AS excluded,
    {rows_missing webinar.webinar_id} AS rows_missing
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
WHERE webinar.completeness != 'cancelled' AND least(webinar.begin_ms, webinar.starts_at) < {never};
