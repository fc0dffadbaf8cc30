"""`make demo`: a simulated live webinar on real parts, with a worker killed on the way, checked number by number.

place   where it runs: its own data folder and ports, its secret, its day
script  what is played, and what must come of it (pure)
owner   which worker has a webinar's partition
live    plays the webinar, kills that worker, shows the funnel
going_on  plays on what has begun, where the demo is kept; links: what to open then
alerts  what alerts would have said of the weeks before, in which a weak source was launched
"""
