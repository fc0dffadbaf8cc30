-- {mix one}: how much one of several groups adds to the change of a conversion because other people came than before; a
-- group that is new adds its share times how it differs from the others. As alerts/detection/reason.py, explain, defines it;
-- tests/clickhouse/test_mix_and_rate.py holds the two against each other. Of all groups: of_all and before_of_all
-- registered now and before, known_of of those that are not new, of whom the share `known` came; before_all came before.
multiIf(
    of_all = 0 OR before_of_all = 0, NULL,
    {one}.{source.before_of} = 0, ({one}.{source.part} - {one}.{source.of} * known) / of_all,
    known_of = 0, 0,
    ({one}.{source.of} / known_of - {one}.{source.before_of} / before_of_all)
        * ({one}.{source.before_part} / {one}.{source.before_of} - before_all))
