-- The last run of each connector and task that began by a moment. One row a connector and task.
CREATE OR REPLACE VIEW connector_runs AS
SELECT
    report.connector AS connector,
    report.task AS task,
    fromUnixTimestamp64Milli(max(report.at), 'UTC') AS began,
    nullIf(argMax(report.finished_at, report.at), {never}) AS finished_ms,
    if(finished_ms IS NULL, NULL, fromUnixTimestamp64Milli(assumeNotNull(finished_ms), 'UTC')) AS finished,
    argMax(report.events, report.at) AS events,
    argMax(report.rejected, report.at) AS rejected,
    argMax(report.error, report.at) AS error
FROM (SELECT * FROM connector_reports FINAL WHERE type = 'run') AS report
WHERE report.at <= {at_ms}
GROUP BY report.connector, report.task;
