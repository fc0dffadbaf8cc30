fromUnixTimestamp64Milli(toInt64OrZero(${at:singlequote}), 'UTC')
