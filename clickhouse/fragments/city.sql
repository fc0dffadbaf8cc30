-- {city zone}: New York, of a time zone such as America/New_York.
replaceAll(arrayElement(splitByChar('/', {zone}), -1), '_', ' ')
