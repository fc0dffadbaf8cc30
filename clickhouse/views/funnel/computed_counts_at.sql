-- Sums over persons by webinar and source at a moment, computed from the persons; whether a number can exist yet is for
-- the funnel views to say. By source key, so that a group is looked up once a source and not once a person. The counts
-- are one array, which the funnel views name again: each column that is carried through a view costs planning time.
CREATE OR REPLACE VIEW computed_counts_at AS
SELECT
    person.webinar_id AS webinar_id,
    person.source AS source,
    [
        countIf(person.registered) /* {n.registrations}: registrations */,
        countIf(person.registered_later) /* {n.registered_later}: registered_later */,
        countIf(person.visit_all) /* {n.visits_all}: visits_all */,
        {each step: countIf(person.visit{ending}) /* {n.visits{ending}}: visits{ending} */},
        countIf(person.visit_all AND NOT person.registered) /* {n.walk_ins}: walk_ins */,
        countIf(person.recording_views > 0) /* {n.recording_viewers}: recording_viewers */,
        sum(person.recording_views) /* {n.recording_views}: recording_views */,
        {each step: countIf(person.registered AND person.visit{ending}) /* {n.registered_visits{ending}}: registered_visits{ending} */},
        toUInt64(sum(person.watch_seconds)) /* {n.watch_seconds}: watch_seconds */
    ] AS counts
FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
GROUP BY person.webinar_id, person.source;
