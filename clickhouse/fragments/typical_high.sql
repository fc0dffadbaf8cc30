-- {typical_high share, people}: the upper end, likewise.
if({share} IS NULL, NULL, least(1, {share} + 1.2816 * sqrt({share} * (1 - {share}) / nullIf({people}, 0))))
