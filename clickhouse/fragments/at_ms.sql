-- {at_ms}: the moment that a view is asked about, ms since 1970 UTC.
toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})
