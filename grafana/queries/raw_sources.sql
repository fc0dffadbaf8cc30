-- {raw_sources}: raw_sources_at, of the people that are chosen, in the period and the one before.
(
    SELECT * FROM raw_sources_at(at = {at})
    -- With a choice of people they are counted anew: those of the period, and of the one before.
    WHERE $__conditionalAll(1 = 0
    UNION ALL
    SELECT * FROM raw_sources_of_people_at(
        at = {at},
        people = {chosen people},
        since = 2 * toUnixTimestamp64Milli($__fromTime_ms) - toUnixTimestamp64Milli($__toTime_ms) - 691200000,
        until = toUnixTimestamp64Milli({at}) + 691200000), $people)
)
