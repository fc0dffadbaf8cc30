-- The counts of counted_at, but of new or of returning people only, and of the webinars that begin from since until
-- until. Computed from the persons, each time: whether somebody is new depends on other webinars, so that no count of
-- one webinar can be settled.
CREATE OR REPLACE VIEW counted_of_people_at AS
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
INNER JOIN begins_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id
LEFT JOIN first_begins_at(at = {at:DateTime64(3, 'UTC')}) AS known ON known.person_id = person.person_id
-- By name: so the others' persons are not even read.
WHERE person.webinar_id IN (
        SELECT webinar_id FROM begins_at(at = {at:DateTime64(3, 'UTC')})
        WHERE begin_ms BETWEEN {since:Int64} AND {until:Int64})
    AND if(known.first_begin > 0 AND known.first_begin < webinar.begin_ms, 'returning', 'new') = {people:String}
GROUP BY person.webinar_id, person.source;
