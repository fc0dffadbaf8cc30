-- Open records that could not be read in the hour before a moment, by topic and reason.
CREATE OR REPLACE VIEW dead_letters_lately AS
SELECT topic, reason, count() AS records
FROM open_dead_letters_at(at = {at:DateTime64(3, 'UTC')})
WHERE inserted_at > {at:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR
GROUP BY topic, reason;
