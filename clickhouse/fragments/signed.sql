-- {signed number, places}: +1.2 or −1.2, a difference as people read it; what rounds to zero has no sign.
replaceRegexpOne(replaceOne(printf('%+.{places}f', assumeNotNull({number})), '-', '−'), '^[+−]([0.]+)$', '\\1')
