-- rooms_at as it is kept of now.
CREATE OR REPLACE VIEW rooms_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.begun AS begun,
    one.in_room AS in_room,
    one.waiting AS waiting,
    one.registered AS registered,
    one.visits_all AS visits_all,
    one.walk_ins AS walk_ins,
    {each watched: one.stayed[{stayed.{column}}] AS {column}},
    one.most_at_once AS most_at_once
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN webinar.room AS one;
