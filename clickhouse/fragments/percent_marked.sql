-- {percent_marked number, mark}: the same with a mark behind it.
printf('%.1f %% %s', {number}, {mark})
