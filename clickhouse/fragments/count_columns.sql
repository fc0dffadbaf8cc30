-- {count_columns}: the counts that stand in the array `total`, by their names.
total[{n.registrations}] AS registrations,
total[{n.registered_later}] AS registered_later,
total[{n.visits_all}] AS visits_all,
{each step: total[{n.visits{ending}}] AS visits{ending}},
total[{n.walk_ins}] AS walk_ins,
total[{n.recording_viewers}] AS recording_viewers,
total[{n.recording_views}] AS recording_views,
{each step: total[{n.registered_visits{ending}}] AS registered_visits{ending}},
total[{n.watch_seconds}] AS watch_seconds
