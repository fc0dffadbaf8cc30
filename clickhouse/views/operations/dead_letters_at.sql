-- Open records that could not be read, by topic and reason, as known at a moment.
CREATE OR REPLACE VIEW dead_letters_at AS
SELECT
    letter.topic AS topic,
    letter.reason AS reason,
    count() AS records,
    max(letter.inserted_at) AS latest,
    any(letter.detail) AS example
FROM open_dead_letters_at(at = {at:DateTime64(3, 'UTC')}) AS letter
GROUP BY letter.topic, letter.reason;
