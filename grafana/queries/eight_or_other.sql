-- {eight_or_other of, place}: of sources the eight with the most registrants; the others are one.
if({chosen by} = 'source' AND {of} != 'Total' AND {place} > 9, 'Other', {of})
