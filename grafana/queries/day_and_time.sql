-- {day_and_time local_time}: Fri 27 Nov, 16:00 as the clock of a webinar shows it; null where nobody said when.
replaceOne(formatDateTime({local_time}, '%a %e %b, %H:%i'), '  ', ' ')
