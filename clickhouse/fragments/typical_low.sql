-- {typical_low share, people}: the lower end of what is typical of so many people, of the lower quantile of those like it
-- (alerts/detection/typical.py, lower); null where nobody says it, which greatest would pass over.
if({share} IS NULL, NULL, greatest(0, {share} - 1.2816 * sqrt({share} * (1 - {share}) / nullIf({people}, 0))))
