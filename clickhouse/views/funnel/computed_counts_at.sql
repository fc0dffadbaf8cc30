-- Sums over persons by webinar and source at a moment, computed from the persons; whether a number can exist yet is for
-- the funnel views to say. By source key, so that a group is looked up once a source and not once a person. The counts
-- are one array, which the funnel views name again: each column that is carried through a view costs planning time.
CREATE OR REPLACE VIEW computed_counts_at AS
SELECT
    person.webinar_id AS webinar_id,
    person.source AS source,
    {counts_of person} AS counts
FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
GROUP BY person.webinar_id, person.source;
