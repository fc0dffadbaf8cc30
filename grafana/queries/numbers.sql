-- {numbers}: numbers_at, of the people that are chosen.
(
    SELECT * FROM numbers_at(at = {at})
    -- With a choice of people they are counted anew, of the webinars that a panel may be about.
    WHERE $__conditionalAll(1 = 0
    UNION ALL
    SELECT * FROM numbers_of_people_at(
        at = {at},
        people = {chosen people},
        since = least(toUnixTimestamp64Milli($__fromTime_ms), toUnixTimestamp64Milli({at}) - 604800000) - 691200000,
        until = toUnixTimestamp64Milli({at}) + 691200000), $people)
)
