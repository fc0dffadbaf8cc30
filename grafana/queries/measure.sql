multiIf(
            {chosen measure} = 'webinars', toFloat64(webinars),
            {chosen measure} = 'registrations', toFloat64(numbers[1]),
            {chosen measure} = 'registered_visits', toFloat64(numbers[11]),
            {chosen measure} = 'walk_ins', toFloat64(numbers[8]),
            {chosen measure} = 'recording_views', toFloat64(numbers[10]),
            -- A share, in percent. Of fewer than 30 people it is minus their number.
            (indexOf(['conversion', 'conversion_5m', 'conversion_30m', 'conversion_full'], {chosen measure}) AS bucket) = 0, NULL,
            numbers[14 + bucket] < 30, toFloat64(-nullIf(numbers[14 + bucket], 0)),
            100 * numbers[10 + bucket] / numbers[14 + bucket])
