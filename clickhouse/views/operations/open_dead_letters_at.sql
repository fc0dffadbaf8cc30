-- Records that could not be read, as known at a moment, without those that were replayed or discarded by then.
CREATE OR REPLACE VIEW open_dead_letters_at AS
SELECT
    letter.topic AS topic,
    letter.partition AS partition,
    letter.offset AS offset,
    letter.written_at AS written_at,
    letter.reason AS reason,
    letter.detail AS detail,
    letter.inserted_at AS inserted_at
FROM (SELECT * FROM dead_letters FINAL) AS letter
WHERE letter.inserted_at <= {at:DateTime64(3, 'UTC')}
    AND (letter.topic, letter.partition, letter.offset, letter.written_at) NOT IN (
        SELECT topic, partition, offset, written_at FROM settled_letters FINAL WHERE settled_at <= {at_ms});
