-- {walk_in}: the source group of those who came without registering.
'Walk-in'
