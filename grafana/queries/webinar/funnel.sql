SELECT
    line.{step.label} AS step,
    line.{step.people} AS people,
    multiIf(line.{step.kind} = 'before', '',
        line.{step.kind} = 'registered', if(NOT ended OR unjudged_registrations OR line.{step.low} IS NULL, '',
            {mark line.{step.people}, line.{step.low}, line.{step.high}}),
        line.{step.people} IS NULL OR NOT begun, NULL, multiIf(
        registrations = 0, NULL,
        registrations < 30, {percent_of_few 100 * line.{step.people} / registrations, assumeNotNull(registrations)},
        line.{step.low} IS NULL OR NOT ended OR doubtful OR unjudged,
            concat({percent 100 * line.{step.people} / registrations}, if(doubtful, ' ?', '')),
        {percent_marked 100 * line.{step.people} / registrations,
            {mark line.{step.people}, line.{step.low} * registrations, line.{step.high} * registrations}})) AS of_registered,
    multiIf(line.{step.kind} = 'before', '', line.{step.low} IS NULL OR line.{step.high} IS NULL, NULL,
        line.{step.kind} = 'registered', {typical_count line.{step.low}, line.{step.high}},
        {typical_percent line.{step.low}, line.{step.high}}) AS baseline,
    if(line.{step.kind} != 'stayed', '', {conversion line.{step.people}, came}) AS of_came,
    -- Of the steps after the registration, which stands before them all in people_of_steps.
    indexOf([{each step: '{label}'}], line.{step.label}) AS place,
    multiIf(place = 0 OR NOT begun, '', line.{step.people} IS NULL, NULL,
        concat({thousands assumeNotNull(people_of_steps[place] - people_of_steps[place + 1])},
            if(people_of_steps[place] = 0, '',
                concat(' · ', {percent 100 * assumeNotNull(1 - people_of_steps[place + 1] / people_of_steps[place])})))) AS drop_off
FROM
(
    SELECT
        shown.registrations AS registrations,
        shown.registered_visits AS came,
        [shown.registrations, {each step: shown.registered_visits{ending}}] AS people_of_steps,
        shown.begun AS begun,
        shown.completeness IN ('final', 'being_completed') AS ended,
        NOT shown.totals_only AND shown.doubtful
            OR {rows_missing shown.webinar_id} AS doubtful,
        {not_judged shown.webinar_id, why, {range_or_now}} AS unjudged,
        {not_judged shown.webinar_id, why_registrations, {range_or_now}} AS unjudged_registrations,
        arrayJoin(arrayFilter(step -> step.{step.kind} != 'before' OR step.{step.people} IS NOT NULL, [
            ('Invited', shown.invited, 'before', NULL, NULL, NULL),
            ('Page views', shown.page_views, 'before', NULL, NULL, NULL),
            ('Registrants', shown.registrations, 'registered', baseline.registrations, baseline.registrations_low,
                baseline.registrations_high),
            ('Attendees', shown.registered_visits, 'came', baseline.conversion, baseline.conversion_low, baseline.conversion_high),
            {each remaining: ('{label}', shown.registered_visits{ending}, 'stayed',
                baseline.conversion{ending}, baseline.conversion{ending}_low, baseline.conversion{ending}_high)}
        ]::Array(Tuple(String, Nullable(UInt64), String, Nullable(Float64), Nullable(Float64), Nullable(Float64))))) AS line
    FROM funnel(at = {range_or_now}) AS shown
    LEFT JOIN baselines AS baseline ON baseline.webinar_id = shown.webinar_id
    WHERE shown.webinar_id = {chosen webinar}
)
