-- The top of the funnel as it is told at a moment: who was invited, how often the page for registering was viewed
-- (docs/contract.md, "The top of the funnel"). Of each number the latest reading, whoever reported it; once the webinar
-- has ended, also a later one. No row where nobody tells any of it.
-- In two steps: the long columns are read of the latest readings only.
CREATE OR REPLACE VIEW top_at AS
SELECT
    webinar_id,
    argMax(invited, (reported_at, event_id, content)) AS invited,
    argMax(page_views, (reported_at, event_id, content)) AS page_views,
    argMaxIf(page_views_by_source, (reported_at, event_id, content), notEmpty(page_views_by_source)) AS page_views_by_source
FROM
(
    SELECT webinar_id, reported_at, event_id, content, invited, page_views, page_views_by_source
    FROM totals
    PREWHERE (webinar_id, reported_at) IN
    (
        SELECT
            said.webinar_id,
            arrayJoin([
                maxIf(said.reported_at, said.tells_invited),
                maxIf(said.reported_at, said.tells_views),
                maxIf(said.reported_at, said.tells_sources)])
        FROM
        (
            SELECT
                webinar_id, reported_at,
                invited IS NOT NULL AS tells_invited,
                page_views IS NOT NULL AS tells_views,
                notEmpty(page_views_by_source) AS tells_sources
            FROM totals
            WHERE tells_invited OR tells_views OR tells_sources
        ) AS said
        LEFT JOIN
        (
            SELECT webinar_id, ended FROM windows_at(at = {at:DateTime64(3, 'UTC')})
        ) AS stands ON stands.webinar_id = said.webinar_id
        WHERE stands.ended OR said.reported_at <= {at_ms}
        GROUP BY said.webinar_id
    )
)
GROUP BY webinar_id;
