-- What connectors say of themselves (streams/reports.py): one row a report, the latest of each id. No number of a webinar
-- depends on it. Instants are ms since 1970 UTC; 9999999999999 = not yet.
CREATE TABLE IF NOT EXISTS connector_reports
(
    connector LowCardinality(String) COMMENT 'Name of the connector, such as zoom',
    type LowCardinality(String) COMMENT 'run, rejected or health',
    report_id String COMMENT 'Of several reports of one id the latest counts',
    version Int64 COMMENT 'Kafka timestamp of the report',
    at Int64 COMMENT 'When it was, or began',
    task LowCardinality(String) COMMENT 'run: poll, import, …',
    finished_at Int64 COMMENT 'run: its end',
    events UInt64 COMMENT 'run: events published',
    rejected UInt64 COMMENT 'run: pieces of input that became no event',
    error String COMMENT 'run: the line that it ended with; empty: all well',
    reason LowCardinality(String) COMMENT 'rejected: connectors/mapped.py, Reason',
    detail String COMMENT 'rejected: which field, and why; never its content',
    form String COMMENT 'rejected: the form that no rule maps to a webinar',
    released Bool COMMENT 'rejected: it was published meanwhile',
    accepted UInt64 COMMENT 'health: webhooks accepted within the minute',
    refused UInt64 COMMENT 'health: webhooks refused within the minute',
    spooled UInt64 COMMENT 'health: events that waited in the spool'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (connector, type, report_id)
COMMENT 'What connectors say of themselves: runs, rejections, health';
