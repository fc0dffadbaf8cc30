-- Sums over persons by webinar and source group at a moment; whether a number can exist yet is for the funnel
-- views to say. First by source key, so that the group is looked up once a source and not once a person.
CREATE OR REPLACE VIEW counts_at AS
SELECT
    webinar_id,
    multiIf(
        sources.source_group != '', sources.source_group,
        by_key.source = '', 'Walk-in',
        by_key.source
    ) AS source_group,
    sum(by_key.registrations) AS registrations,
    sum(by_key.registered_later) AS registered_later,
    sum(by_key.visits_all) AS visits_all,
    sum(by_key.visits) AS visits,
    sum(by_key.visits_5m) AS visits_5m,
    sum(by_key.visits_30m) AS visits_30m,
    sum(by_key.visits_full) AS visits_full,
    sum(by_key.walk_ins) AS walk_ins,
    sum(by_key.recording_viewers) AS recording_viewers,
    sum(by_key.recording_views) AS recording_views,
    sum(by_key.registered_visits) AS registered_visits,
    sum(by_key.registered_visits_5m) AS registered_visits_5m,
    sum(by_key.registered_visits_30m) AS registered_visits_30m,
    sum(by_key.registered_visits_full) AS registered_visits_full
FROM
(
    SELECT
        person.webinar_id AS webinar_id,
        person.source AS source,
        countIf(person.registered) AS registrations,
        countIf(person.registered_later) AS registered_later,
        countIf(person.visit_all) AS visits_all,
        countIf(person.visit) AS visits,
        countIf(person.visit_5m) AS visits_5m,
        countIf(person.visit_30m) AS visits_30m,
        countIf(person.visit_full) AS visits_full,
        countIf(person.visit_all AND NOT person.registered) AS walk_ins,
        countIf(person.recording_views > 0) AS recording_viewers,
        sum(person.recording_views) AS recording_views,
        countIf(person.registered AND person.visit) AS registered_visits,
        countIf(person.registered AND person.visit_5m) AS registered_visits_5m,
        countIf(person.registered AND person.visit_30m) AS registered_visits_30m,
        countIf(person.registered AND person.visit_full) AS registered_visits_full
    FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
    GROUP BY person.webinar_id, person.source
) AS by_key
LEFT JOIN (SELECT * FROM sources FINAL) AS sources ON sources.source = by_key.source
GROUP BY webinar_id, source_group;
