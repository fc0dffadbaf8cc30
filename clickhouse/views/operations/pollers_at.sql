-- Who polls each service that was polled within a week, and who stands by, as the processes last said of themselves,
-- which each does every 30 seconds. One row a service; none for one that was retired.
CREATE OR REPLACE VIEW pollers_at AS
SELECT
    report.connector AS connector,
    groupArrayIf(report.detail, report.lives AND report.task = 'owner') AS owners,
    -- Of two, one has just taken over.
    if(empty(owners), '', argMaxIf(report.detail, report.at, report.lives AND report.task = 'owner')) AS owner,
    if(owner = '', NULL, fromUnixTimestamp64Milli(maxIf(report.at, report.lives AND report.task = 'owner'), 'UTC'))
        AS since,
    arraySort(groupArrayIf(report.detail, report.lives AND report.task = 'standby')) AS standbys,
    argMax(report.detail, report.version) AS latest,
    fromUnixTimestamp64Milli(max(report.version), 'UTC') AS latest_at
FROM
(
    SELECT connector, detail, task, at, version, task != 'ended' AND version > {at_ms} - 90000 AS lives
    FROM connector_reports FINAL
    WHERE type = 'poller' AND at <= {at_ms} AND version > {at_ms} - 604800000
) AS report
GROUP BY report.connector
HAVING argMax(report.task, report.version) != 'retired';
