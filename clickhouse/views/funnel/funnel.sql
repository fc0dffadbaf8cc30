-- The numbers of each webinar at a moment, with its conversions; null before a number can exist, and where the
-- service does not tell it (docs/contract.md, "Rows of the answer"). One row for each webinar. An ended one without any
-- person shows what is said of it as a whole, as said (totals_only).
CREATE OR REPLACE VIEW funnel AS
WITH
    -- Names that no column has: those of the answer are columns of both sides, too.
    toBool(webinar.ended AND said.webinar_id != '') AS as_said,
    if(as_said, said.registrations, counted.registrations) AS of_all,
    if(as_said, said.visits, counted.registered_visits) AS came,
    {each stayed: multiIf(as_said, said.visits{ending}, webinar.window_ms >= {ms}, counted.registered_visits{ending}, NULL) AS came{ending}},
    multiIf(as_said, said.visits_full, webinar.ended, counted.registered_visits_full, NULL) AS came_full
SELECT
    webinar.webinar_id AS webinar_id,
    {webinar_columns},
    as_said AS totals_only,
    top.invited AS invited,
    top.page_views AS page_views,
    of_all AS registrations,
    if(as_said, NULL, counted.registered_later) AS registered_later,
    if(as_said, said.visits_all, counted.visits_all) AS visits_all,
    if(as_said, said.visits, counted.visits) AS visits,
    {each stayed: multiIf(as_said, said.visits{ending}, webinar.window_ms >= {ms}, counted.visits{ending}, NULL) AS visits{ending}},
    multiIf(as_said, said.visits_full, webinar.ended, counted.visits_full, NULL) AS visits_full,
    if(as_said, NULL, counted.walk_ins) AS walk_ins,
    multiIf(as_said, NULL, has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    multiIf(as_said, said.recording_views, has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    {each step: came{ending} AS registered_visits{ending}},
    if(webinar.begun AND NOT as_said, of_all - came, NULL) AS no_shows,
    if(as_said, NULL, counted.watch_seconds) AS watch_seconds,
    if(as_said, NULL, counted.watch_seconds / nullIf(counted.visits, 0)) AS average_watch_seconds,
    {each step: if(webinar.begun AND of_all > 0, came{ending} / of_all, NULL) AS conversion{ending}},
    if(counted.visits_all > 0, (counted.visits_all - counted.walk_ins) / counted.visits_all, NULL) AS matched,
    toBool({doubtful counted.visits_all, counted.walk_ins, webinar.matched_percent}) AS doubtful,
    webinar.matched_percent AS matched_percent
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        by_source.webinar_id AS webinar_id,
        sumForEach(by_source.summed) AS total,
        {count_columns}
    FROM counts_at(at = {at:DateTime64(3, 'UTC')}) AS by_source
    GROUP BY by_source.webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN totals_only AS said ON said.webinar_id = webinar.webinar_id
LEFT JOIN top_at(at = {at:DateTime64(3, 'UTC')}) AS top ON top.webinar_id = webinar.webinar_id;
