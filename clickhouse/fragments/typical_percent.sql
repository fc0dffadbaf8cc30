-- {typical_percent low, high}: 20 to 46 %, a band of a share as people read it.
printf('%.0f to %.0f %%', 100 * assumeNotNull({low}), 100 * assumeNotNull({high}))
