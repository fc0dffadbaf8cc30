-- The numbers of each webinar by source group at a moment; null before a number can exist, and where the service
-- does not tell it (docs/contract.md, "Buckets"). One row for each source group that has a person or is known to have had
-- page views, and one for the totals that stand in for all persons of a webinar: they do not say who came from where.
CREATE OR REPLACE VIEW funnel_by_source AS
SELECT
    webinar.webinar_id AS webinar_id,
    counted.source_group AS source_group,
    {webinar_columns},
    NULL AS invited,
    counted.page_views AS page_views,
    counted.registrations AS registrations,
    counted.registered_later AS registered_later,
    counted.visits_all AS visits_all,
    counted.visits AS visits,
    {each stayed: if(webinar.window_ms >= {ms}, counted.visits{ending}, NULL) AS visits{ending}},
    if(webinar.ended, counted.visits_full, NULL) AS visits_full,
    counted.walk_ins AS walk_ins,
    if(has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    if(has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    counted.registered_visits AS registered_visits,
    {each stayed: if(webinar.window_ms >= {ms}, counted.registered_visits{ending}, NULL) AS registered_visits{ending}},
    if(webinar.ended, counted.registered_visits_full, NULL) AS registered_visits_full,
    if(webinar.begun, counted.registrations - counted.registered_visits, NULL) AS no_shows,
    counted.watch_seconds AS watch_seconds
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN
(
    SELECT
        by_group.webinar_id AS webinar_id,
        by_group.source_group AS source_group,
        sum(by_group.page_views) AS page_views,
        sumForEach(by_group.summed) AS total,
        {count_columns}
    FROM
    (
        SELECT webinar_id, source_group, summed, NULL::Nullable(UInt64) AS page_views
        FROM counts_at(at = {at:DateTime64(3, 'UTC')})
        UNION ALL
        SELECT webinar_id, source_group, []::Array(UInt64) AS summed, page_views
        FROM top_sources_at(at = {at:DateTime64(3, 'UTC')})
    ) AS by_group
    GROUP BY webinar_id, source_group
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN totals_only AS alone ON alone.webinar_id = webinar.webinar_id
WHERE NOT webinar.ended OR alone.webinar_id = ''
UNION ALL
SELECT
    webinar.webinar_id AS webinar_id,
    {not_by_source} AS source_group,
    {webinar_columns},
    top.invited AS invited,
    top.page_views AS page_views,
    said.registrations AS registrations,
    NULL AS registered_later,
    said.visits_all AS visits_all,
    {each step: said.visits{ending} AS visits{ending}},
    NULL AS walk_ins,
    NULL AS recording_viewers,
    said.recording_views AS recording_views,
    {each step: said.visits{ending} AS registered_visits{ending}},
    NULL AS no_shows,
    NULL AS watch_seconds
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN totals_only AS said ON said.webinar_id = webinar.webinar_id
LEFT JOIN top_at(at = {at:DateTime64(3, 'UTC')}) AS top ON top.webinar_id = webinar.webinar_id
WHERE webinar.ended;
