-- The counts of counted_at, but of persons_of_people_at: computed each time (docs/decisions/0014-new-and-returning-people.md).
CREATE OR REPLACE VIEW counted_of_people_at AS
SELECT webinar_id, source, counts
FROM computed_counts_at(at = {at:DateTime64(3, 'UTC')});
