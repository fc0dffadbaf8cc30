-- How many registered for each webinar in each minute of the three hours before a moment. Ask for webinars by name: all of
-- them are all persons.
CREATE OR REPLACE VIEW registered_lately_at AS
SELECT
    stay.webinar_id AS webinar_id,
    {minute_of_ms stay.registered_since} AS minute,
    count() AS registrations
FROM stays_at(at = {at:DateTime64(3, 'UTC')}) AS stay
WHERE stay.registered_since >= {at_ms} - 10800000
GROUP BY webinar_id, minute;
