-- {typical_count low, high}: 45 to 1,250, a band of people.
concat({whole {low}}, ' to ', {whole {high}})
