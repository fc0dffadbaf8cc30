-- {not_by_source}: the source group of totals that do not say who came from where.
'Not told by source'
