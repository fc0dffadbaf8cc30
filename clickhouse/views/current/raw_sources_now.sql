-- raw_sources_at as it is kept of now.
CREATE OR REPLACE VIEW raw_sources_now AS
SELECT
    {raw_source_columns webinar, said},
    webinar.registrations AS registrations,
    if(webinar.begun, webinar.registrations, 0) AS registrations_begun,
    if(webinar.begun, webinar.registered_visits, 0) AS registered_visits
FROM
(
    SELECT
        webinar_id, starts, begin_ms, platform, course, language, region, format, weekday, completeness, begun,
        one.source AS source, one.registrations AS registrations, one.registered_visits AS registered_visits
    FROM (SELECT * FROM {current})
    ARRAY JOIN raw_sources AS one
) AS webinar
INNER JOIN (SELECT source, source_group, sorted FROM sources FINAL) AS said ON said.source = webinar.source;
