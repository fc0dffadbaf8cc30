-- The numbers of each webinar at a moment, with its conversions; null before a number can exist, and where the
-- service does not tell it (docs/contract.md, "Rows of the answer"). One row for each webinar. An ended one without any
-- person shows what is said of it as a whole, as said (totals_only).
CREATE OR REPLACE VIEW funnel AS
WITH
    -- Names that no column has: those of the answer are columns of both sides, too.
    toBool(webinar.ended AND said.webinar_id != '') AS as_said,
    if(as_said, said.registrations, counted.registrations) AS of_all,
    if(as_said, said.visits, counted.registered_visits) AS came,
    multiIf(as_said, said.visits_5m, webinar.window_ms >= 300000, counted.registered_visits_5m, NULL) AS came_5m,
    multiIf(as_said, said.visits_30m, webinar.window_ms >= 1800000, counted.registered_visits_30m, NULL) AS came_30m,
    multiIf(as_said, said.visits_full, webinar.ended, counted.registered_visits_full, NULL) AS came_full
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.platform AS platform,
    webinar.title AS title,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.status AS status,
    webinar.week AS week,
    webinar.weekday AS weekday,
    webinar.hour AS hour,
    webinar.local_time AS local_time,
    webinar.completeness AS completeness,
    webinar.begun AS begun,
    as_said AS totals_only,
    top.invited AS invited,
    top.page_views AS page_views,
    of_all AS registrations,
    if(as_said, NULL, counted.registered_later) AS registered_later,
    if(as_said, said.visits_all, counted.visits_all) AS visits_all,
    if(as_said, said.visits, counted.visits) AS visits,
    multiIf(as_said, said.visits_5m, webinar.window_ms >= 300000, counted.visits_5m, NULL) AS visits_5m,
    multiIf(as_said, said.visits_30m, webinar.window_ms >= 1800000, counted.visits_30m, NULL) AS visits_30m,
    multiIf(as_said, said.visits_full, webinar.ended, counted.visits_full, NULL) AS visits_full,
    if(as_said, NULL, counted.walk_ins) AS walk_ins,
    multiIf(as_said, NULL, has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    multiIf(as_said, said.recording_views, has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    came AS registered_visits,
    came_5m AS registered_visits_5m,
    came_30m AS registered_visits_30m,
    came_full AS registered_visits_full,
    if(webinar.begun AND of_all > 0, came / of_all, NULL) AS conversion,
    if(webinar.begun AND of_all > 0, came_5m / of_all, NULL) AS conversion_5m,
    if(webinar.begun AND of_all > 0, came_30m / of_all, NULL) AS conversion_30m,
    if(webinar.begun AND of_all > 0, came_full / of_all, NULL) AS conversion_full,
    if(counted.visits_all > 0, (counted.visits_all - counted.walk_ins) / counted.visits_all, NULL) AS matched,
    toBool({doubtful counted.visits_all, counted.walk_ins, webinar.matched_percent}) AS doubtful,
    webinar.matched_percent AS matched_percent
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        by_source.webinar_id AS webinar_id,
        sumForEach(by_source.summed) AS total,
        total[{n.registrations}] AS registrations,
        total[{n.registered_later}] AS registered_later,
        total[{n.visits_all}] AS visits_all,
        total[{n.visits}] AS visits,
        total[{n.visits_5m}] AS visits_5m,
        total[{n.visits_30m}] AS visits_30m,
        total[{n.visits_full}] AS visits_full,
        total[{n.walk_ins}] AS walk_ins,
        total[{n.recording_viewers}] AS recording_viewers,
        total[{n.recording_views}] AS recording_views,
        total[{n.registered_visits}] AS registered_visits,
        total[{n.registered_visits_5m}] AS registered_visits_5m,
        total[{n.registered_visits_30m}] AS registered_visits_30m,
        total[{n.registered_visits_full}] AS registered_visits_full
    FROM counts_at(at = {at:DateTime64(3, 'UTC')}) AS by_source
    GROUP BY by_source.webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN totals_only AS said ON said.webinar_id = webinar.webinar_id
LEFT JOIN top_at(at = {at:DateTime64(3, 'UTC')}) AS top ON top.webinar_id = webinar.webinar_id;
