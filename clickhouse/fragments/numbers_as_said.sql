-- {numbers_as_said said}: the numbers of numbers_at of a webinar where totals stand in for its persons, `said` a row of
-- totals_only. -1: not said.
arrayMap(
    number -> ifNull(number, -1),
    [
        {said}.registrations, NULL, {said}.visits_all, {each step: {said}.visits{ending}}, NULL, NULL, {said}.recording_views,
        {each step: {said}.visits{ending}},
        NULL,
        {each step: if({said}.visits{ending} IS NULL, NULL, {said}.registrations)}
    ])::Array(Int64)
