-- Whether events get through from Kafka to here: how many seconds ago the newest probe event that did was sent (of the
-- partition where that is longest ago), how many it took (where it took longest), and in how many partitions one has got
-- through. One row. Only the newest are kept, so a past moment says nothing: null, as without any.
CREATE OR REPLACE VIEW probe_at AS
SELECT
    if(count() = 0, NULL, ({at_ms} - min(probe.sent_at)) / 1000) AS age_seconds,
    if(count() = 0, NULL, max(toUnixTimestamp64Milli(probe.inserted_at) - probe.sent_at) / 1000) AS seconds,
    count() AS reached,
    max(probe.partitions) AS partitions
FROM (SELECT partition, partitions, sent_at, inserted_at FROM probes FINAL) AS probe
WHERE probe.sent_at <= {at_ms};
