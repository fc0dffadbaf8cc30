-- {counts_of person}: the counts of rows of persons_at, in the order of the list n.
[
    countIf({person}.registered) /* {n.registrations}: registrations */,
    countIf({person}.registered_later) /* {n.registered_later}: registered_later */,
    countIf({person}.visit_all) /* {n.visits_all}: visits_all */,
    {each step: countIf({person}.visit{ending}) /* {n.visits{ending}}: visits{ending} */},
    countIf({person}.visit_all AND NOT {person}.registered) /* {n.walk_ins}: walk_ins */,
    countIf({person}.recording_views > 0) /* {n.recording_viewers}: recording_viewers */,
    sum({person}.recording_views) /* {n.recording_views}: recording_views */,
    {each step: countIf({person}.registered AND {person}.visit{ending}) /* {n.registered_visits{ending}}: registered_visits{ending} */},
    toUInt64(sum({person}.watch_seconds)) /* {n.watch_seconds}: watch_seconds */
]
