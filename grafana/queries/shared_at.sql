-- {shared_at}: the moment that all who look at Live share.
fromUnixTimestamp64Milli(toInt64OrZero(${at:singlequote}), 'UTC')
