-- How the webhook server was, service by service, in the minutes of the hour before a moment.
CREATE OR REPLACE VIEW webhook_health AS
SELECT
    report.connector AS connector,
    fromUnixTimestamp64Milli(report.at, 'UTC') AS minute,
    report.accepted AS accepted,
    report.refused AS refused,
    report.spooled AS spooled
FROM (SELECT * FROM connector_reports FINAL WHERE type = 'health') AS report
WHERE report.at <= {at_ms}
    AND report.at > {at_ms} - 3600000;
