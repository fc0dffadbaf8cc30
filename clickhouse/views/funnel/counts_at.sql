-- The counts of each webinar by source group at a moment.
CREATE OR REPLACE VIEW counts_at AS
SELECT
    webinar_id,
    multiIf(
        sources.said_group != '', sources.said_group,
        by_key.source = '', 'Walk-in',
        by_key.source
    ) AS source_group,
    sumForEach(by_key.counts) AS summed,
    summed[1] AS registrations,
    summed[2] AS registered_later,
    summed[3] AS visits_all,
    summed[4] AS visits,
    summed[5] AS visits_5m,
    summed[6] AS visits_30m,
    summed[7] AS visits_full,
    summed[8] AS walk_ins,
    summed[9] AS recording_viewers,
    summed[10] AS recording_views,
    summed[11] AS registered_visits,
    summed[12] AS registered_visits_5m,
    summed[13] AS registered_visits_30m,
    summed[14] AS registered_visits_full
FROM counted_at(at = {at:DateTime64(3, 'UTC')}) AS by_key
LEFT JOIN (SELECT source, source_group AS said_group FROM sources FINAL) AS sources ON sources.source = by_key.source
GROUP BY webinar_id, source_group;
