-- Records that could not be read, by topic and reason, as known at a moment.
CREATE OR REPLACE VIEW dead_letters_at AS
SELECT
    dead_letters.topic AS topic,
    dead_letters.reason AS reason,
    count() AS records,
    max(dead_letters.inserted_at) AS latest,
    any(dead_letters.detail) AS example
FROM dead_letters FINAL
WHERE dead_letters.inserted_at <= {at:DateTime64(3, 'UTC')}
GROUP BY dead_letters.topic, dead_letters.reason;
