-- Sums over persons by webinar and source at a moment, computed from the persons; whether a number can exist yet is for
-- the funnel views to say. By source key, so that a group is looked up once a source and not once a person. The counts
-- are one array, which the funnel views name again: each column that is carried through a view costs planning time.
CREATE OR REPLACE VIEW computed_counts_at AS
SELECT
    person.webinar_id AS webinar_id,
    person.source AS source,
    [
        countIf(person.registered) /* 1: registrations */,
        countIf(person.registered_later) /* 2: registered_later */,
        countIf(person.visit_all) /* 3: visits_all */,
        countIf(person.visit) /* 4: visits */,
        countIf(person.visit_5m) /* 5: visits_5m */,
        countIf(person.visit_30m) /* 6: visits_30m */,
        countIf(person.visit_full) /* 7: visits_full */,
        countIf(person.visit_all AND NOT person.registered) /* 8: walk_ins */,
        countIf(person.recording_views > 0) /* 9: recording_viewers */,
        sum(person.recording_views) /* 10: recording_views */,
        countIf(person.registered AND person.visit) /* 11: registered_visits */,
        countIf(person.registered AND person.visit_5m) /* 12: registered_visits_5m */,
        countIf(person.registered AND person.visit_30m) /* 13: registered_visits_30m */,
        countIf(person.registered AND person.visit_full) /* 14: registered_visits_full */
    ] AS counts
FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
GROUP BY person.webinar_id, person.source;
