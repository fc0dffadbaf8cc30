-- The top of the funnel as it is told at a moment: who was invited, how often the page for registering was viewed
-- (docs/contract.md, "The top of the funnel"). Of each number the latest reading, whoever reported it; once the webinar
-- has ended, also a later one. No row where nobody tells any of it.
CREATE OR REPLACE VIEW top_at AS
SELECT
    said.webinar_id AS webinar_id,
    argMax(said.invited, (said.reported_at, said.event_id, said.content)) AS invited,
    argMax(said.page_views, (said.reported_at, said.event_id, said.content)) AS page_views,
    argMaxIf(said.page_views_by_source, (said.reported_at, said.event_id, said.content),
        notEmpty(said.page_views_by_source)) AS page_views_by_source
FROM
(
    SELECT webinar_id, reported_at, event_id, content, invited, page_views, page_views_by_source
    FROM totals
    WHERE invited IS NOT NULL OR page_views IS NOT NULL OR notEmpty(page_views_by_source)
) AS said
LEFT JOIN
(
    SELECT webinar_id, ended FROM windows_at(at = {at:DateTime64(3, 'UTC')})
) AS stands ON stands.webinar_id = said.webinar_id
WHERE stands.ended OR said.reported_at <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})
GROUP BY said.webinar_id;
