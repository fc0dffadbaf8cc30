-- When each person id first registered for each webinar, ms; never: it did not. Whether it counts: linked ids, hosts, panelists
-- and tests do not; domains are excluded elsewhere. Who is new and who returns follows from it (first_begins_at). Ask for
-- webinars by name: all of them are all persons.
CREATE OR REPLACE VIEW first_registrations AS
SELECT
    webinar_id,
    person_id,
    {is_person} AS counts,
    if(notEmpty(registration_at), registration_at[{element.first}], {never}) AS first_at
FROM persons FINAL;
