-- When each webinar begins, as far as that is known at a moment: else its planned start. ms.
CREATE OR REPLACE VIEW begins_at AS
SELECT webinar_id, if(begin_ms < {never}, begin_ms, starts_at) AS begin_ms
FROM windows_at(at = {at:DateTime64(3, 'UTC')});
