-- {count_and_share count, share}: 161 · 41.3 %, people and their share as a text; null where there is no number.
concat(toString({count}), ifNull(concat(' · ', {share}), ''))
