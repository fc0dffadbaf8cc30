SELECT
    visits_all, walk_ins, registered_later, recording_viewers, recording_views
FROM funnel(at = {range_or_now})
WHERE webinar_id = {chosen webinar}
