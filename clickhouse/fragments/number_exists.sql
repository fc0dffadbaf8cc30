-- {number_exists webinar, totals_only}: of each number of numbers_at, whether it can exist for `webinar` yet and its service
-- tells it.
[
    true /* {n.registrations}: registrations */,
    true /* {n.registered_later}: registered_later */,
    true /* {n.visits_all}: visits_all */,
    true /* {n.visits}: visits */,
    {each stayed: {totals_only} OR {webinar}.window_ms >= {ms} /* {n.visits{ending}}: visits{ending} */},
    {webinar}.ended /* {n.visits_full}: visits_full */,
    true /* {n.walk_ins}: walk_ins */,
    has({webinar}.tells, 'recording_views') /* {n.recording_viewers}: recording_viewers */,
    {totals_only} OR has({webinar}.tells, 'recording_views') /* {n.recording_views}: recording_views */,
    true /* {n.registered_visits}: registered_visits */,
    {each stayed: {totals_only} OR {webinar}.window_ms >= {ms} /* {n.registered_visits{ending}}: registered_visits{ending} */},
    {webinar}.ended /* {n.registered_visits_full}: registered_visits_full */,
    true /* {n.watch_seconds}: watch_seconds */,
    {webinar}.begun /* {n.registrations_begun}: registrations_begun */,
    {each stayed: {totals_only} OR {webinar}.window_ms >= {ms} /* {n.registrations{ending}}: registrations{ending} */},
    {webinar}.ended /* {n.registrations_full}: registrations_full */
]
