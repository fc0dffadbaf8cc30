-- The raw log is the table that grows: 59 bytes an event with the codecs of before, 48 with these (docs/retention.md). New
-- parts have them at once, old ones when they are merged. `content` is a hash: nothing makes it smaller.
ALTER TABLE events MODIFY COLUMN webinar_id CODEC(ZSTD(1));
ALTER TABLE events MODIFY COLUMN event_id CODEC(ZSTD(1));
ALTER TABLE events MODIFY COLUMN content CODEC(NONE);
ALTER TABLE events MODIFY COLUMN offset CODEC(T64, ZSTD(1));
ALTER TABLE events MODIFY COLUMN written_at CODEC(T64, ZSTD(1));
ALTER TABLE events MODIFY COLUMN inserted_at CODEC(T64, ZSTD(1));
ALTER TABLE events MODIFY COLUMN event CODEC(ZSTD(3));
ALTER TABLE events MODIFY SETTING min_compress_block_size = 1048576, max_compress_block_size = 4194304;
