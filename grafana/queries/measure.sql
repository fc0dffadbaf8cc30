-- {measure}: what is chosen to be shown, of `numbers` summed and of `webinars`.
multiIf(
            {chosen measure} = 'webinars', toFloat64(webinars),
            {chosen measure} = 'registrations', toFloat64(numbers[{n.registrations}]),
            {chosen measure} = 'registered_visits', toFloat64(numbers[{n.registered_visits}]),
            {chosen measure} = 'walk_ins', toFloat64(numbers[{n.walk_ins}]),
            {chosen measure} = 'recording_views', toFloat64(numbers[{n.recording_views}]),
            -- A share, in percent. Of fewer than 30 people it is minus their number.
            (indexOf([{each step: 'conversion{ending}'}], if({chosen measure} = 'side_by_side', 'conversion', {chosen measure})) AS bucket) = 0, NULL,
            numbers[{n.before.registrations_begun} + bucket] < 30, toFloat64(-nullIf(numbers[{n.before.registrations_begun} + bucket], 0)),
            100 * numbers[{n.before.registered_visits} + bucket] / numbers[{n.before.registrations_begun} + bucket])
