-- The persons of persons_at, but new or returning people only, of the webinars that begin from since until until. Whether
-- somebody is new depends on other webinars, so that no count of one webinar can be settled
-- (docs/decisions/0014-new-and-returning-people.md).
CREATE OR REPLACE VIEW persons_of_people_at AS
SELECT person.*
FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
INNER JOIN begins_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id
LEFT JOIN first_begins_at(at = {at:DateTime64(3, 'UTC')}) AS known ON known.person_id = person.person_id
-- By name: so the others' persons are not even read.
WHERE person.webinar_id IN (
        SELECT webinar_id FROM begins_at(at = {at:DateTime64(3, 'UTC')})
        WHERE begin_ms BETWEEN {since:Int64} AND {until:Int64})
    AND if(known.first_begin > 0 AND known.first_begin < webinar.begin_ms, 'returning', 'new') = {people:String};
