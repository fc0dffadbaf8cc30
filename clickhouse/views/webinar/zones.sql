-- What lists put behind the time of a webinar: the city of its zone after a blank, where webinars are of several zones
-- (in the order of time their clocks jump); else no row. As known now.
CREATE OR REPLACE VIEW zones AS
SELECT webinar_id, concat(' ', {city timezone}) AS zone
FROM webinar_instants FINAL
WHERE zone_known AND (SELECT uniqExact(timezone) FROM webinar_instants FINAL WHERE zone_known) > 1;
