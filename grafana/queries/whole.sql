-- {whole number}: 12,345, a number of people that was computed, within a text that nobody sorts by.
{thousands toUInt64(round(greatest(assumeNotNull({number}), 0)))}
