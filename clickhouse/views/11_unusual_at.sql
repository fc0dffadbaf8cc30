-- What was found unusual and was not over at a moment, in words.
CREATE OR REPLACE VIEW unusual_at AS
SELECT
    finding_id,
    webinar_id,
    kind,
    metric,
    fromUnixTimestamp64Milli(since, 'UTC') AS since,
    value,
    usual,
    sentence,
    reasons
FROM findings FINAL
WHERE findings.since <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})
    AND findings.until > toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')});
