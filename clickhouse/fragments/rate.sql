-- {rate one}: the same because the people of this group convert otherwise than before. Mix and rate of all groups add up
-- to the change.
multiIf(
    of_all = 0 OR before_of_all = 0, NULL,
    {one}.{source.before_of} = 0 OR {one}.{source.of} = 0, 0,
    {one}.{source.of} / known_of
        * ({one}.{source.part} / {one}.{source.of} - {one}.{source.before_part} / {one}.{source.before_of}))
