-- What became of the rows of each file, webinar by webinar (streams/reports.py, ImportedFile).
ALTER TABLE connector_reports
    ADD COLUMN IF NOT EXISTS webinar_id String COMMENT 'imported: the webinar; empty: rows of which nothing tells for which',
    ADD COLUMN IF NOT EXISTS file_name String COMMENT 'imported: the name of the file',
    ADD COLUMN IF NOT EXISTS rows UInt64 COMMENT 'imported: its rows about the webinar; 0: not known',
    ADD COLUMN IF NOT EXISTS people Array(UInt64) COMMENT 'imported: the smallest numbers of the persons of its good rows, ascending';
ALTER TABLE connector_reports MODIFY COLUMN type LowCardinality(String) COMMENT 'run, rejected, health or imported';
