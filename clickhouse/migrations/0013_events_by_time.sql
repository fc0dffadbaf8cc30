-- So that the last minute of the log can be asked for without reading all of it: it is ordered by webinar.
ALTER TABLE events ADD INDEX IF NOT EXISTS inserted_at_range inserted_at TYPE minmax GRANULARITY 1;
ALTER TABLE events MATERIALIZE INDEX inserted_at_range;
