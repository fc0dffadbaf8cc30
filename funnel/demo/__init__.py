"""`make demo`: a simulated live webinar on real servers, with a worker killed on the way, and every number checked.

place   where it runs: its own data folder, ports and secret
script  what is played, and the expected result (pure)
owner   the worker that has a webinar's partition
live    plays the webinar, kills that worker, shows the funnel
going_on  continues the live webinar if the demo is kept; links: what to open then
alerts  what alerts would have sent in the previous weeks, in which a weak source was launched
"""
