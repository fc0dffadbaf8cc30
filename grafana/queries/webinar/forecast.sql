SELECT line.{forecast.what} AS what, line.{forecast.people} AS people
FROM
(
    SELECT arrayJoin([
        ('Registrants so far', {thousands pace.registrations}),
        ('Typical by now', if(pace.baseline_now IS NULL, NULL, {whole pace.baseline_now})),
        ('Forecast at the start', if(pace.expected IS NULL, NULL, concat(
            {whole pace.expected}, ' (', {typical_count pace.expected_low, pace.expected_high}, ')'))),
        ('Typical at the start', if(pace.baseline_final IS NULL, NULL, {whole pace.baseline_final}))
    ]::Array(Tuple(String, Nullable(String)))) AS line
    FROM pace_at(at = {range_or_now}) AS pace
    WHERE pace.webinar_id = {chosen webinar}
        AND pace.webinar_id IN (SELECT webinar_id FROM webinars_at(at = {range_or_now}) WHERE completeness = 'upcoming')
)
