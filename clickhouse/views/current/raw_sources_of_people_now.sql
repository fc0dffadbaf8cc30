-- raw_sources_of_people_at as it is kept of now, of all webinars whenever they begin.
CREATE OR REPLACE VIEW raw_sources_of_people_now AS
SELECT
    {raw_source_columns webinar, said},
    webinar.registrations AS registrations,
    if(webinar.begun, webinar.registrations, 0) AS registrations_begun,
    if(webinar.begun, webinar.registered_visits, 0) AS registered_visits
FROM
(
    SELECT
        standing.webinar_id AS webinar_id, starts, begin_ms, platform, course, language, region, format, weekday, completeness, begun,
        one.source AS source, one.registrations AS registrations, one.registered_visits AS registered_visits
    FROM (SELECT * FROM {current}) AS standing
    INNER JOIN
    (
        SELECT
            webinar_id,
            arrayFlatten(arrayMap(
                part -> part.raw_sources, arrayFilter(part -> part.people = {people:String}, parts))) AS sources
        FROM current_people FINAL
        WHERE thresholds = {thresholds}
    ) AS kept ON kept.webinar_id = standing.webinar_id
    ARRAY JOIN kept.sources AS one
) AS webinar
INNER JOIN (SELECT source, source_group, sorted FROM sources FINAL) AS said ON said.source = webinar.source;
