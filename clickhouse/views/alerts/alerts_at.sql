-- What `funnel alerts watch` had found and was not over at a moment, in words. Where only several webinars together show it,
-- `dimension` (region, course or language) and `member` say which, and `name` says it as messages do
-- (alerts/say.py, pooled_name).
CREATE OR REPLACE VIEW alerts_at AS
SELECT
    finding_id,
    webinar_id,
    kind,
    metric,
    fromUnixTimestamp64Milli(since, 'UTC') AS since,
    value,
    baseline,
    sentence,
    reasons,
    if(webinar_id = '', extract(finding_id, '^(region|course|language)='), '') AS dimension,
    if(webinar_id = '', extract(finding_id, '(?s)^(?:region|course|language)=(.*)\\|[a-z_]+\\|[0-9]+$'), '') AS member,
    if(dimension = '', '', concat(
        dimension, ' \'', member, '\', ',
        if(JSONExtractUInt(reasons, 'webinars') = 0, 'several', toString(JSONExtractUInt(reasons, 'webinars'))),
        ' webinars together')) AS name
FROM findings FINAL
WHERE findings.since <= {at_ms}
    AND findings.until > {at_ms};
