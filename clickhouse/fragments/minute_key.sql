-- {minute_key counted, minute}: what is counted (0: the first of the list changed) and in which minute, from -1000 on, as one number.
100000 * ({counted}) + 1000 + {minute}
