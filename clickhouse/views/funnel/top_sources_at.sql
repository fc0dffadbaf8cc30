-- The page views of each webinar by source group at a moment, where its service tells them apart.
CREATE OR REPLACE VIEW top_sources_at AS
SELECT
    by_key.webinar_id AS webinar_id,
    {source_group by_key} AS source_group,
    sum(by_key.views) AS page_views
FROM
(
    SELECT webinar_id, (arrayJoin(page_views_by_source) AS told).{told.source} AS source, told.{told.views} AS views
    FROM top_at(at = {at:DateTime64(3, 'UTC')})
) AS by_key
{sources_of by_key}
GROUP BY webinar_id, source_group;
