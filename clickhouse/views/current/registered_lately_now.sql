-- registered_lately_at as it is kept of now.
CREATE OR REPLACE VIEW registered_lately_now AS
SELECT webinar.webinar_id AS webinar_id, one.minute AS minute, one.registrations AS registrations
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN webinar.registered_minutes AS one
WHERE one.minute >= toStartOfMinute({at:DateTime64(3, 'UTC')} - INTERVAL 3 HOUR);
