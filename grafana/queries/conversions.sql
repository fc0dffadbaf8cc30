-- {conversions numbers}: the conversions, of numbers that were summed.
arrayMap((part, of) -> part / nullIf(of, 0), arraySlice({numbers}, {n.registered_visits}, {share.length}), arraySlice({numbers}, {n.registrations_begun}, {share.length}))
