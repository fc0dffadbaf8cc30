"""GoTo Webinar: people register and meet there; its webhook reports joins, its API afterwards how long people stayed.

settings    its settings
webhook     the token in the address, then the mapping (pure)
mapping     which kind of message it is (pure)
webinars    a webinar, or a session of one -> statements and totals (pure)
people      a registrant, a join, an attendee's intervals -> events (pure)
tokens      the access token, renewed before it expires
client      the API: pages, two envelopes, 403
poll        one pass over the API
connector   what this package offers to the server and the command line
"""
