-- For each person the start of the first webinar that they registered for, ms, by what is known at a moment: who comes
-- to a later one is returning. Looks at every row of a person: ask for the persons that matter only.
CREATE OR REPLACE VIEW first_begins_at AS
SELECT
    person.person_id AS person_id,
    min(webinar.begin_ms) AS first_begin
FROM
(
    SELECT webinar_id, person_id
    FROM persons FINAL
    WHERE {is_person}
        AND notEmpty(registration_at) AND registration_at[{element.first}] <= {at_ms}
) AS person
INNER JOIN begins_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id
GROUP BY person.person_id;
