-- {percent_of_few number, n}: the same of fewer than 30 people, who are named beside it.
printf('%.1f %% (n=%d)', {number}, {n})
