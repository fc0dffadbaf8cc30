-- {people_kept_seconds}: the same as kept_seconds, of new and returning people: they are kept every few seconds.
120
