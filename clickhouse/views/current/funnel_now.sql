-- funnel as it is kept of now, of its columns those that pages ask for.
CREATE OR REPLACE VIEW funnel_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    completeness,
    begun,
    local_time,
    totals_only,
    top.invited AS invited,
    top.page_views AS page_views,
    summed[{n.registrations}] AS registrations,
    summed[{n.registered_later}] AS registered_later,
    summed[{n.visits_all}] AS visits_all,
    {each step: summed[{n.visits{ending}}] AS visits{ending}},
    summed[{n.walk_ins}] AS walk_ins,
    summed[{n.recording_viewers}] AS recording_viewers,
    summed[{n.recording_views}] AS recording_views,
    {each step: summed[{n.registered_visits{ending}}] AS registered_visits{ending}},
    if(begun AND NOT totals_only, registrations - registered_visits, NULL) AS no_shows,
    summed[{n.watch_seconds}] AS watch_seconds,
    watch_seconds / nullIf(visits, 0) AS average_watch_seconds,
    {each step: if(begun AND registrations > 0, registered_visits{ending} / registrations, NULL) AS conversion{ending}},
    toBool(ifNull(NOT totals_only AND {doubtful visits_all, walk_ins, matched_percent}, false)) AS doubtful
FROM
(
    SELECT
        webinar.*,
        if(
            empty(webinar.groups),
            arrayMap(exists -> if(exists, 0, NULL), {number_exists webinar, false})::Array(Nullable(Int64)),
            arrayReduce('sumForEach', webinar.numbers)) AS summed
    FROM (SELECT * FROM {current}) AS webinar
) AS webinar
LEFT JOIN top_at(at = {at:DateTime64(3, 'UTC')}) AS top ON top.webinar_id = webinar.webinar_id;
