-- {no_shows numbers}: who is registered and has not come, of the numbers of one webinar; null where only totals are told.
if({numbers}[{n.watch_seconds}] IS NULL, NULL, {numbers}[{n.registrations_begun}] - {numbers}[{n.registered_visits}])
