-- The timeline of each webinar that has begun, minute by minute from half an hour before its start, as known at a moment.
-- A row is the instant begin + minute: who is in the room then, and of those registered how many are registered, have
-- come, have stayed so long by then; entered are all who had come by then, registered or not; joins and leaves
-- are those of the minute that begins there. Who is there to the end leaves nothing. Ask for webinars by name: all of
-- them are all persons.
CREATE OR REPLACE VIEW timelines_at AS
SELECT
    webinar_id,
    begin_ms,
    row.{row.minute} AS minute,
    fromUnixTimestamp64Milli(begin_ms + 60000 * minute, 'UTC') AS moment,
    row.{row.in_room} AS in_room,
    row.{row.joins} AS joins,
    row.{row.leaves} AS leaves,
    row.{row.registered} AS registered,
    row.{row.came} AS came,
    {each stayed: if(minute >= {minutes}, row.{row.{column}}, NULL) AS {column}},
    row.{row.entered} AS entered
FROM timeline_rows_at(at = {at:DateTime64(3, 'UTC')})
ARRAY JOIN rows AS row;
