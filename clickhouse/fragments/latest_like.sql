-- {latest_like usual}: (webinar_id, weight) of the twelve latest webinars like one, of a row of the view usual.
arraySlice(arrayFilter(one -> one.{member.weight} > 0, arrayZip({usual}.members, {usual}.weights)), 1, 12)
