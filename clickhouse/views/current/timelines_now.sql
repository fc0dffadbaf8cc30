-- timelines_at as it is kept of now.
CREATE OR REPLACE VIEW timelines_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.begin_ms AS begin_ms,
    row.minute AS minute,
    fromUnixTimestamp64Milli(begin_ms + 60000 * minute, 'UTC') AS moment,
    row.in_room AS in_room,
    row.joins AS joins,
    row.leaves AS leaves,
    row.registered AS registered,
    row.watched[{stayed.came}] AS came,
    {each stayed: if(minute >= {minutes}, row.watched[{stayed.{column}}], NULL) AS {column}},
    row.entered AS entered
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN webinar.timeline AS row;
