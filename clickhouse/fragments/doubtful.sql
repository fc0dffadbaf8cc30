-- {doubtful opened, walk_ins, percent}: whether so few of those who opened the room are registered that a conversion says
-- little: fewer than the percentage.
100 * ({opened} - {walk_ins}) < {percent} * {opened}
