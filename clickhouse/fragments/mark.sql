-- {mark value, low, high}: below, above or within what is usual.
multiIf({value} < {low}, '▼', {value} > {high}, '▲', '=')
