-- {minute_of_ms instant}: the minute of an instant in ms.
toStartOfMinute(fromUnixTimestamp64Milli({instant}, 'UTC'))::DateTime('UTC')
