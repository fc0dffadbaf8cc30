-- {typical_count low, high}: 45 to 250, a band of people.
printf('%.0f to %.0f', assumeNotNull({low}), assumeNotNull({high}))
