-- {latest_peers baseline}: (webinar_id, weight) of the twelve latest webinars like one, of a row of the view baseline.
arraySlice(arrayFilter(one -> one.{member.weight} > 0, arrayZip({baseline}.members, {baseline}.weights)), 1, 12)
