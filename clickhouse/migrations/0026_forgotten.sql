-- Who was forgotten (docs/erasure.md): the only thing that is kept of them. Workers drop what arrives of these ids.
CREATE TABLE IF NOT EXISTS forgotten
(
    forgotten_id String COMMENT 'f_ = hash of a person_id that is kept nowhere else (contract/forgotten.py)',
    forgotten_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) DEFAULT now64(3) COMMENT 'When a worker first learned of it, UTC'
)
ENGINE = AggregatingMergeTree
ORDER BY forgotten_id
COMMENT 'Hashes of the ids of persons that were forgotten, and when';
