-- {shared_at}: the moment that all who look at On now share.
fromUnixTimestamp64Milli(toInt64OrZero(${at:singlequote}), 'UTC')
