-- The page views of each webinar by source group at a moment, where its service tells them apart.
CREATE OR REPLACE VIEW top_sources_at AS
SELECT
    by_key.webinar_id AS webinar_id,
    if(sources.said_group != '', sources.said_group, by_key.source) AS source_group,
    sum(by_key.views) AS page_views
FROM
(
    SELECT webinar_id, (arrayJoin(page_views_by_source) AS told).1 AS source, told.2 AS views
    FROM top_at(at = {at:DateTime64(3, 'UTC')})
) AS by_key
LEFT JOIN (SELECT source, source_group AS said_group FROM sources FINAL) AS sources ON sources.source = by_key.source
GROUP BY webinar_id, source_group;
