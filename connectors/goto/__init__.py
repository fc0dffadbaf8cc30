"""GoTo Webinar: people register and meet there; its webhook says who joins, its API afterwards who stayed how long.

settings    what it is configured with
webhook     the token in the address, then the mapping (pure)
mapping     which message it is (pure)
webinars    a webinar, or a session of one -> statements and totals (pure)
people      a registrant, a join, an attendee's intervals -> events (pure)
tokens      the access token, renewed before it expires
client      the API: pages, two envelopes, 403
poll        one pass over the API
connector   what this package offers to the server and the command line
"""
