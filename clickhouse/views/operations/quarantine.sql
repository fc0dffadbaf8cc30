-- What connectors could not publish and still keep, by reason, and by form where no rule says for which webinar it is.
CREATE OR REPLACE VIEW quarantine AS
SELECT
    report.connector AS connector,
    report.reason AS reason,
    report.form AS form,
    count() AS waiting,
    fromUnixTimestamp64Milli(min(report.at), 'UTC') AS since,
    any(report.detail) AS example
FROM (SELECT * FROM connector_reports FINAL WHERE type = 'rejected' AND NOT released) AS report
WHERE report.at <= {at_ms}
GROUP BY report.connector, report.reason, report.form;
