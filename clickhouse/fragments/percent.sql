-- {percent number}: a percentage as people read it.
printf('%.1f %%', {number})
