-- {thousands number}: 12,345, a count within a text that nobody sorts by.
trimLeft(reverse(replaceRegexpAll(reverse(toString({number})), '([0-9][0-9][0-9])', '\\1,')), ',')
