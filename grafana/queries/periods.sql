-- {periods}: whether `webinar` begins in the period, or in the one before.
webinar.begin_ms >= toUnixTimestamp64Milli($__fromTime_ms) AS now,
        NOT now AND webinar.begin_ms
            >= 2 * toUnixTimestamp64Milli($__fromTime_ms) - toUnixTimestamp64Milli($__toTime_ms) AS before
