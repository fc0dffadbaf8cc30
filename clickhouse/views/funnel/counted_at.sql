-- The counts of each webinar by source key at a moment: as they were settled, else computed from the persons.
CREATE OR REPLACE VIEW counted_at AS
SELECT webinar_id, source, counts
FROM settled_counts_at(at = {at:DateTime64(3, 'UTC')})
UNION ALL
SELECT webinar_id, source, counts
FROM computed_counts_at(at = {at:DateTime64(3, 'UTC')})
-- The ones to be computed by name: so the others' persons are not even read.
WHERE webinar_id IN
(
    SELECT webinar_id
    FROM webinar_instants
    WHERE webinar_id NOT IN (SELECT webinar_id FROM settled_at(at = {at:DateTime64(3, 'UTC')}))
);
