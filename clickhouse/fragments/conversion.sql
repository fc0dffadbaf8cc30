-- {conversion part, of}: a share of people as people read it; null of nobody.
multiIf(
    ifNull({of}, 0) = 0, NULL,
    {of} < 30, {percent_of_few 100 * {part} / {of}, assumeNotNull({of})},
    {percent 100 * {part} / {of}})
