-- What services say of a webinar by which the business's rules sort it (streams/events.py, Service).
ALTER TABLE webinars ADD COLUMN IF NOT EXISTS series_id String DEFAULT '' COMMENT '<platform>:<the service''s id of the series>; empty: not said' AFTER tells;
ALTER TABLE webinars ADD COLUMN IF NOT EXISTS tags Array(String) DEFAULT [] COMMENT 'The service''s tags' AFTER series_id;
ALTER TABLE webinars ADD COLUMN IF NOT EXISTS channel String DEFAULT '' COMMENT 'The service''s channel; empty: not said' AFTER tags;
ALTER TABLE webinars ADD COLUMN IF NOT EXISTS host String DEFAULT '' COMMENT 'The service''s own id of the host, or the person_id of the email; empty: not said' AFTER channel;
