-- {peers_of baseline}: (webinar_id, weight) of the webinars like one, the latest first, of a row of the view baselines.
arrayFilter(one -> one.{member.weight} > 0, arrayZip({baseline}.members, {baseline}.weights))
