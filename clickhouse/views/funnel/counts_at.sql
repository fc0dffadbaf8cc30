-- The counts of each webinar by source group at a moment.
CREATE OR REPLACE VIEW counts_at AS
SELECT
    webinar_id,
    {source_group by_key} AS source_group,
    sumForEach(by_key.counts) AS summed,
    summed[{n.registrations}] AS registrations,
    summed[{n.registered_later}] AS registered_later,
    summed[{n.visits_all}] AS visits_all,
    {each step: summed[{n.visits{ending}}] AS visits{ending}},
    summed[{n.walk_ins}] AS walk_ins,
    summed[{n.recording_viewers}] AS recording_viewers,
    summed[{n.recording_views}] AS recording_views,
    {each step: summed[{n.registered_visits{ending}}] AS registered_visits{ending}},
    summed[{n.watch_seconds}] AS watch_seconds
FROM counted_at(at = {at:DateTime64(3, 'UTC')}) AS by_key
{sources_of by_key}
GROUP BY webinar_id, source_group;
