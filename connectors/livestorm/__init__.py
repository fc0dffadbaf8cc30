"""Livestorm: people register and meet there, in the order in which a delivery passes through the files.

settings    its settings
webhook     the signature and its age, then the mapping (pure)
mapping     which kind of message it is (pure)
sessions    a session -> statements about the webinar (pure)
people      a person of a session -> registration, identity, watch time, recording view (pure)
client      the REST API: pages, and its token
poll        one pass over it
connector   what this package offers to the server and the command line
"""
